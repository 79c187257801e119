"""
Answers leave only when the request was read.

A refusal (401, 429, 404) is known before the body has arrived.  Hypercorn 0.18 would send it and then end the connection without having said so, and the client's next request on it, or the refusal itself, would be lost to a reset.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

#: Real seconds for the rest of a body that no one will use.
_REST_S: Final = 2.0


class WholeRequests:
    """
    ASGI middleware: holds the answer until the body has been read; one that does not come in 2 s costs the connection, which the answer then says (`Connection: close`).
    """

    def __init__(self, app: Callable[[Any, Any, Any], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """
        Serve.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read = asyncio.Event()

        async def hear() -> Any:
            message = await receive()
            if not message.get("more_body", False):
                read.set()
            return message

        async def say(message: Any) -> None:
            if message["type"] == "http.response.start" and not read.is_set():
                try:
                    async with asyncio.timeout(_REST_S):
                        await read.wait()
                except TimeoutError:
                    headers = [*message["headers"], (b"connection", b"close")]
                    message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, hear, say)
