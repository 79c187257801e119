"""
The TCP connection under a request, for those rules that end it without an answer.

ASGI has no word for that, so this reaches through the server's objects: Hypercorn 0.18, HTTP/1.1.  A test over real sockets notices when they change.
"""

import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any, Final

_NAME: Final = "merchant_receiver.connection"


class Connections:
    """
    ASGI middleware that hands each request its connection.
    """

    def __init__(self, app: Callable[[Any, Any, Any], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """
        Serve.
        """
        scope[_NAME] = send
        await self._app(scope, receive, send)


def _transport(send: Any) -> Any:
    """
    The transport that a stream's `send` writes to; uvloop's is no `asyncio.Transport`, but does the same.
    """
    stream = send.__self__
    protocol = stream.send.__self__
    return protocol.send.__self__.writer.transport


def end(scope: Any, *, with_reset: bool) -> None:
    """
    End the request's connection now: what was not written never will be.  `with_reset` sends RST instead of FIN.
    """
    transport = _transport(scope[_NAME])
    if with_reset:
        under = transport.get_extra_info("socket")
        under.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
