"""
The gateway's REST API for merchants, async.

Time-outs are always set; only reads and requests with an idempotency key are repeated, after `Retry-After` when the gateway names it.
The transport and the sleep between tries can be passed in, for tests.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final, Self

import httpx

from .errors import (
    GatewayUnavailable,
    NotAuthenticated,
    NotFound,
    RequestRefused,
    StateConflict,
)

TIMEOUT_S: Final = 10.0
#: How often a repeatable request is sent in all.
TRIES: Final = 3
#: Seconds before the second try; doubled for each further one.
PAUSE_S: Final = 0.1
#: The longest pause that a `Retry-After` can ask for, in seconds.
PAUSE_S_MAX: Final = 30.0
_REFUSALS: Final = {401: NotAuthenticated, 404: NotFound, 409: StateConflict}
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500
_REFUSED: Final = 400

Document = dict[str, Any]


class Client:
    """
    One merchant's connection to the gateway at `base_url`.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str,
        api_secret: str,
        timeout_s: float = TIMEOUT_S,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._sleep = sleep
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"X-Api-Key": api_key, "X-Api-Secret": api_secret},
            timeout=timeout_s,
            transport=transport,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        """
        Use as a context manager to close the connections at the end.
        """
        return self

    async def __aexit__(self, *_: object) -> None:
        """
        Let go of the connections.
        """
        await self.close()

    async def close(self) -> None:
        """
        Let go of the connections.
        """
        await self._http.aclose()

    async def create_order(
        self, amount_minor: int, *, currency: str = "INR", receipt: str | None = None
    ) -> Document:
        """
        A new order, in minor units.
        """
        body = {"amount": amount_minor, "currency": currency, "receipt": receipt}
        return await self._call("POST", "/api/v1/orders", body=body)

    async def get_order(self, order_id: str) -> Document:
        """
        An order as it is now.
        """
        return await self._call("GET", f"/api/v1/orders/{order_id}")

    async def create_payment(
        self, order_id: str, *, idempotency_key: str | None = None, **fields: Any
    ) -> Document:
        """
        A new payment: `method` and its members.
        """
        body = {"order_id": order_id, **fields}
        return await self._call("POST", "/api/v1/payments", body=body, key=idempotency_key)

    async def get_payment(self, payment_id: str) -> Document:
        """
        A payment as it is now.
        """
        return await self._call("GET", f"/api/v1/payments/{payment_id}")

    async def capture_payment(
        self, payment_id: str, amount_minor: int, *, idempotency_key: str | None = None
    ) -> Document:
        """
        Capture.
        """
        return await self._call(
            "POST",
            f"/api/v1/payments/{payment_id}/capture",
            body={"amount": amount_minor},
            key=idempotency_key,
        )

    async def void_payment(
        self, payment_id: str, *, idempotency_key: str | None = None
    ) -> Document:
        """
        Release an uncaptured authorisation.
        """
        path = f"/api/v1/payments/{payment_id}/void"
        return await self._call("POST", path, body={}, key=idempotency_key)

    async def create_refund(
        self,
        payment_id: str,
        amount_minor: int,
        *,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> Document:
        """
        Give money back.
        """
        body = {"amount": amount_minor, "reason": reason}
        return await self._call(
            "POST", f"/api/v1/payments/{payment_id}/refunds", body=body, key=idempotency_key
        )

    async def get_refund(self, refund_id: str) -> Document:
        """
        A refund as it is now.
        """
        return await self._call("GET", f"/api/v1/refunds/{refund_id}")

    async def list_refunds_of_payment(self, payment_id: str, **query: str | int) -> Document:
        """
        A page of one payment's refunds.
        """
        return await self._call("GET", f"/api/v1/payments/{payment_id}/refunds", query=query)

    async def iterate(self, name: str, **query: str | int) -> AsyncIterator[Document]:
        """
        Every row of a list (see `list_page`), newest first, page by page; rows made meanwhile shift nothing.
        """
        page = await self.list_page(name, **query)
        while True:
            for row in page["data"]:
                yield row
            cursor = page.get("next_cursor")
            if cursor is None:
                return
            page = await self.list_page(name, **{**query, "cursor": cursor})

    async def list_page(self, name: str, **query: str | int) -> Document:
        """
        A page of `orders`, `payments`, `refunds`, `webhooks` or `events`: `{data, total, limit, offset, has_more, next_cursor}`.
        """
        return await self._call("GET", f"/api/v1/{name}", query=query)

    async def get_webhook_config(self) -> Document:
        """
        The webhook settings, secrets in clear.
        """
        return await self._call("GET", "/api/v1/webhooks/config")

    async def set_webhook_config(self, **fields: Any) -> Document:
        """
        Change `webhook_url`, `events` or `behaviour`.
        """
        return await self._call("PUT", "/api/v1/webhooks/config", body=fields)

    async def regenerate_secret(self) -> Document:
        """
        New webhook secrets.
        """
        return await self._call("POST", "/api/v1/webhooks/config/regenerate-secret")

    async def send_test_webhook(self) -> Document:
        """
        Deliver a `webhook.test` event.
        """
        return await self._call("POST", "/api/v1/webhooks/test")

    async def retry_webhook(self, delivery_id: str) -> Document:
        """
        Deliver again.
        """
        return await self._call("POST", f"/api/v1/webhooks/{delivery_id}/retry")

    async def list_attempts(self, delivery_id: str) -> list[Document]:
        """
        Every attempt of a delivery, oldest first.
        """
        document = await self._call("GET", f"/api/v1/webhooks/{delivery_id}/attempts")
        rows: list[Document] = document["data"]
        return rows

    async def get_test_clock(self) -> Document:
        """
        The business clock: `{mode, now}`.
        """
        return await self._call("GET", "/api/v1/test/clock")

    async def set_test_clock(self, mode: str, *, now: str | None = None) -> Document:
        """
        `real`, `frozen` or `auto`; `now` is an ISO 8601 instant.
        """
        return await self._call("POST", "/api/v1/test/clock", body={"mode": mode, "now": now})

    async def advance_test_clock(self, by: str) -> Document:
        """
        Move the frozen clock, such as `2h`; answers when everything due has settled.
        """
        return await self._call("POST", "/api/v1/test/clock", body={"advance": by})

    async def _call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str | int] | None = None,
        key: str | None = None,
    ) -> Document:
        tries = TRIES if method == "GET" or key is not None else 1
        headers = {} if key is None else {"Idempotency-Key": key}
        problem = ""
        pause_s = PAUSE_S
        for turn in range(tries):
            if turn:
                await self._sleep(pause_s)
            pause_s = PAUSE_S * 2**turn
            try:
                answer = await self._http.request(
                    method, path, json=body, params=query, headers=headers
                )
            except httpx.HTTPError as error:
                problem = f"{type(error).__name__}: {error}"
                continue
            if answer.status_code == _TOO_MANY or answer.status_code >= _SERVER_ERROR:
                problem = f"the gateway answered {answer.status_code}"
                pause_s = _retry_after_s(answer.headers.get("Retry-After"), pause_s)
                continue
            return _document(answer)
        raise GatewayUnavailable(problem)


def _retry_after_s(header: str | None, otherwise_s: float) -> float:
    """
    What the gateway asked for in whole seconds, within bounds; an HTTP date counts as not asked.
    """
    if header is None or not (header.isascii() and header.isdigit()):
        return otherwise_s
    return min(float(header[:9]), PAUSE_S_MAX)


def _document(answer: httpx.Response) -> Document:
    try:
        document = answer.json()
    except ValueError as error:
        raise GatewayUnavailable("the gateway's answer is not JSON") from error
    if not isinstance(document, dict):
        raise GatewayUnavailable("the gateway's answer is not a JSON object")
    if answer.status_code >= _REFUSED:
        refusal = document.get("error")
        refusal = refusal if isinstance(refusal, dict) else {}
        kind = _REFUSALS.get(answer.status_code, RequestRefused)
        raise kind(answer.status_code, str(refusal.get("code")), str(refusal.get("description")))
    return document
