"""
Tells open pages that something changed.  One poller asks the gateway while anybody listens; pages fetch themselves again.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final

from sdk.python.errors import GatewayError

#: Seconds between two looks, real time.
POLL_S: Final = 1.5
#: Seconds after which a quiet stream says that it lives, so that proxies keep it open.
BEAT_S: Final = 15.0
#: Open pages at once in one process.
LISTENERS_MAX: Final = 100


class TooManyListeners(Exception):
    """
    Every place is taken.
    """


class Live:
    """
    `look` returns something that differs when anything changed; its failures count as "away".
    """

    def __init__(
        self,
        look: Callable[[], Awaitable[object]],
        pause: Callable[[float], Awaitable[None]],
        *,
        poll_s: float = POLL_S,
        beat_s: float = BEAT_S,
    ) -> None:
        self._look = look
        self._pause = pause
        self._poll_s = poll_s
        self._beat_s = beat_s
        self._queues: set[asyncio.Queue[str]] = set()
        self._poller: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> int:
        """
        How many pages listen.
        """
        return len(self._queues)

    def listen(self) -> AsyncGenerator[str, None]:
        """
        The text of an event stream: a beat at once, then `change` whenever there is one.  Raises `TooManyListeners`.
        """
        if len(self._queues) >= LISTENERS_MAX:
            raise TooManyListeners
        queue: asyncio.Queue[str] = asyncio.Queue(maxsize=4)
        self._queues.add(queue)
        if self._poller is None or self._poller.done():
            self._poller = asyncio.get_running_loop().create_task(self._poll())
        return self._stream(queue)

    async def _stream(self, queue: asyncio.Queue[str]) -> AsyncGenerator[str, None]:
        try:
            yield "retry: 2000\n: open\n\n"
            while True:
                try:
                    async with asyncio.timeout(self._beat_s):
                        mark = await queue.get()
                except TimeoutError:
                    yield ": beat\n\n"
                    continue
                yield f"event: change\ndata: {mark}\n\n"
        finally:
            self._queues.discard(queue)

    async def _poll(self) -> None:
        before = await self._mark()
        while self._queues:
            await self._pause(self._poll_s)
            now = await self._mark()
            if now != before:
                before = now
                for queue in self._queues:
                    if not queue.full():
                        queue.put_nowait(now)

    async def _mark(self) -> str:
        try:
            seen = await self._look()
        except GatewayError as error:
            seen = type(error).__name__
        text = json.dumps(seen, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    async def close(self) -> None:
        """
        Stop asking.
        """
        if self._poller is not None:
            self._poller.cancel()
            await asyncio.gather(self._poller, return_exceptions=True)
            self._poller = None
