"""
`Client`: as `AsyncClient`, but with the gateway's documents as they come.  For those who show what the wire says, such as the dashboard.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Concatenate, ParamSpec

from . import operations
from .async_client import AsyncMerchantRunner, AsyncRunner
from .binding import described
from .calls import Call, Document, following
from .conversation import PAUSE_S, PAUSE_S_MAX, TIMEOUT_S, TRIES

__all__ = ["PAUSE_S", "PAUSE_S_MAX", "TIMEOUT_S", "TRIES", "Client", "Document"]

P = ParamSpec("P")


def _plain(
    build: Callable[P, Call[Any]],
) -> Callable[Concatenate[AsyncRunner, P], Coroutine[Any, Any, Any]]:
    """
    A method that runs the call which `build` makes, and leaves the answer as it is.
    """

    async def method(self: AsyncRunner, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        call = build(*args, **kwargs)
        return call.plain(await self.ask(call))

    return described(method, build)


class Client(AsyncMerchantRunner):
    """
    One merchant's connection to the gateway at `base_url`; every result is the answer's document.
    """

    create_order = _plain(operations.create_order)
    get_order = _plain(operations.get_order)
    create_payment = _plain(operations.create_payment)
    get_payment = _plain(operations.get_payment)
    capture_payment = _plain(operations.capture_payment)
    void_payment = _plain(operations.void_payment)
    create_refund = _plain(operations.create_refund)
    get_refund = _plain(operations.get_refund)
    list_refunds_of_payment = _plain(operations.list_refunds_of_payment)
    list_page = _plain(operations.list_page)
    get_webhook_config = _plain(operations.get_webhook_config)
    set_webhook_config = _plain(operations.set_webhook_config)
    regenerate_secret = _plain(operations.regenerate_secret)
    send_test_webhook = _plain(operations.send_test_webhook)
    retry_webhook = _plain(operations.retry_webhook)
    list_attempts = _plain(operations.list_attempts)
    get_test_clock = _plain(operations.get_test_clock)
    set_test_clock = _plain(operations.set_test_clock)
    advance_test_clock = _plain(operations.advance_test_clock)

    async def iterate(self, name: str, **query: str | int) -> AsyncIterator[Document]:
        """
        Every row of a list (see `list_page`), newest first, page by page; rows made meanwhile shift nothing.
        """
        call = operations.list_page(name, **query)
        while True:
            page = await self.run(call)
            for row in page.data:
                yield dict(row.raw)
            further = following(call, page)
            if further is None:
                return
            call = further
