"""
Serves the bank: Hypercorn's protocol on connections that we accept ourselves, so that faults can reach the connection and the door can be closed.

Source: docs/decisions/0030.  Hypercorn's own `serve` keeps its connections to itself.
"""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from typing import Any, Final

from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from quart import Quart

from simulator.wire import CONNECTION

#: Real seconds for the rest of a body that no one will use.
_REST_S: Final = 2.0


class WholeRequests:
    """
    ASGI middleware: holds the answer until the body has been read; one that does not come in 2 s costs the connection, which the answer then says (`Connection: close`).

    Without it Hypercorn 0.18 ends the connection after an answer that came before the body, unannounced, and the next request on it is lost.
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


class Door:
    """
    The listening socket; can be closed for a while.
    """

    def __init__(self, app: Quart, config: Config, *, host: str, port: int) -> None:
        self._app = ASGIWrapper(WholeRequests(app))
        self._config = config
        self._address = (host, port)
        self._context = WorkerContext(None)
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._opening: asyncio.TimerHandle | None = None
        self._reopened: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """
        Listen.  Raises OSError when the port is taken.
        """
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        ours = socket.socket(family)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ours.bind(self._address)
        ours.setblocking(False)
        self._server = await asyncio.start_server(
            self._serve, sock=ours, backlog=self._config.backlog
        )

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        CONNECTION.set(writer)
        loop = asyncio.get_running_loop()
        await TCPServer(self._app, loop, self._config, self._context, {}, reader, writer)

    def refuse(self, for_s: float) -> None:
        """
        Close the door for some real seconds: new connections are refused, those that are open end.
        """
        if self._server is not None:
            self._server.close()
            self._server = None
        loop = asyncio.get_running_loop()
        # The request that asked for this is still to be answered.
        loop.call_later(0.02, self._drop)
        if self._opening is not None:
            self._opening.cancel()
        self._opening = loop.call_later(for_s, self._reopen)

    def _drop(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()

    def _reopen(self) -> None:
        self._opening = None
        self._reopened = asyncio.get_running_loop().create_task(self.open())

    async def close(self) -> None:
        """
        Stop listening, let requests finish for as long as the configuration says, and end.
        """
        if self._opening is not None:
            self._opening.cancel()
        await self._context.terminated.set()
        if self._server is not None:
            self._server.close()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._config.graceful_timeout)
        for task in tuple(self._tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
