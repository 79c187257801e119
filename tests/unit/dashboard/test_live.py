"""
The event stream: one poller for all, silence without change, an end.
"""

import asyncio
from contextlib import aclosing

import pytest

from dashboard.live import LISTENERS_MAX, Live, TooManyListeners
from sdk.python.errors import GatewayUnavailable


class World:
    """
    Something that can change, watched through a gate: each look waits for `turn`.
    """

    def __init__(self) -> None:
        self.state: object = 1
        self.looked = asyncio.Event()
        self.turn = asyncio.Semaphore(0)

    async def look(self) -> object:
        """
        What is now; an exception is raised.
        """
        self.looked.set()
        if isinstance(self.state, Exception):
            raise self.state
        return self.state

    async def pause(self, _seconds: float) -> None:
        """
        Until the test says so.
        """
        await self.turn.acquire()


async def test_every_listener_hears_of_a_change_once() -> None:
    """
    Two pages, one poller, one change; the gateway going away is a change too.
    """
    world = World()
    live = Live(world.look, world.pause, beat_s=30)
    async with aclosing(live.listen()) as one, aclosing(live.listen()) as other:
        assert "retry:" in await anext(one)
        assert "retry:" in await anext(other)
        await world.looked.wait()
        world.turn.release()
        world.state = 2
        heard = [await anext(one), await anext(other)]
        assert heard[0] == heard[1]
        assert heard[0].startswith("event: change\ndata: ")
        world.state = GatewayUnavailable("gone")
        world.turn.release()
        assert (await anext(one)) != heard[0]
    await live.close()

    assert live.listeners == 0


async def test_quiet_streams_beat() -> None:
    """
    So that nothing between closes them.
    """
    world = World()
    live = Live(world.look, world.pause, beat_s=0.01)
    async with aclosing(live.listen()) as stream:
        await anext(stream)
        assert await anext(stream) == ": beat\n\n"
    await live.close()


async def test_there_is_an_end_to_open_pages() -> None:
    """
    The next one is refused, and a closed one makes room.
    """
    world = World()
    live = Live(world.look, world.pause)
    streams = [live.listen() for _ in range(LISTENERS_MAX)]
    for stream in streams:
        await anext(stream)
    with pytest.raises(TooManyListeners):
        live.listen()
    await streams[0].aclose()
    streams.append(live.listen())
    for stream in streams:
        await stream.aclose()
    await live.close()
