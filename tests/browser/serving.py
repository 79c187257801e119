"""
Runs Quart apps inside the test's event loop, on ports that the system chooses.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart


def reserve() -> socket.socket:
    """
    A listening socket on a free port of the loopback.
    """
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", 0))
    return listening


def port_of(listening: socket.socket) -> int:
    """
    The socket's port.
    """
    return int(listening.getsockname()[1])


@asynccontextmanager
async def served(app: Quart, *sockets: socket.socket) -> AsyncIterator[None]:
    """
    Serve the app on the sockets until the block ends.
    """
    stop = asyncio.Event()
    config = Config()
    config.bind = [f"fd://{one.detach()}" for one in sockets]
    config.errorlog = None
    config.graceful_timeout = 0.2
    task = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))
    try:
        yield
    finally:
        stop.set()
        await task
