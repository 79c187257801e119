"""
Serves the merchant's page to the suite's own browser: a real server, since browsers keep pages without one away from this machine's addresses.
"""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self


class PageServer:
    """
    An async context manager; answers every GET with `html`, on a free port of the loopback.
    """

    def __init__(self) -> None:
        self.html = ""
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """
        Listen.
        """
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """
        Stop listening.
        """
        assert self._server is not None
        self._server.close()

    @property
    def url(self) -> str:
        """
        The page's address; `localhost`, as merchants at work call it.
        """
        assert self._server is not None
        return f"http://localhost:{self._server.sockets[0].getsockname()[1]}/shop"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            body = self.html.encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + body)
            await writer.drain()
        writer.close()
