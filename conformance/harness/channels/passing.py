"""
How time passes in a scene: by the target's test clock where it has one, else really.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from conformance.harness.business_clock import BusinessClock, frozen
from conformance.harness.clock import monotonic_s
from conformance.harness.target import Gateway

#: A frozen clock starts so far in the past that whatever a scene makes stays older than what later cases make.
HOURS_AGO = 48


class Passing(Protocol):
    """
    Time as the target's business sees it, in seconds since the scene began.
    """

    is_virtual: bool

    @property
    def now_s(self) -> float:
        """
        Seconds since the scene began.
        """
        ...

    async def to(self, at_s: float) -> None:
        """
        Wait until this instant; returns when what was due by then has settled, as far as that can be known.
        """
        ...


class VirtualTime:
    """
    The target's own frozen clock.
    """

    is_virtual = True

    def __init__(self, clock: BusinessClock) -> None:
        self._clock = clock
        self._now_ms = 0

    @property
    def now_s(self) -> float:
        """
        Seconds since the scene began.
        """
        return self._now_ms / 1000

    async def to(self, at_s: float) -> None:
        """
        Move the clock there.
        """
        ahead_ms = round(at_s * 1000) - self._now_ms
        if ahead_ms > 0:
            await self._clock.advance(f"{ahead_ms}ms")
            self._now_ms += ahead_ms


class RealTime:
    """
    Time as it passes.
    """

    is_virtual = False

    def __init__(self) -> None:
        self._began_s = monotonic_s()

    @property
    def now_s(self) -> float:
        """
        Seconds since the scene began.
        """
        return monotonic_s() - self._began_s

    async def to(self, at_s: float) -> None:
        """
        Sleep until then.
        """
        await asyncio.sleep(max(0.0, at_s - self.now_s))


@asynccontextmanager
async def passing(gateway: Gateway) -> AsyncIterator[Passing]:
    """
    The clock of this target, frozen while the scene plays where that is possible.
    """
    if not gateway.profile.can("clock"):
        yield RealTime()
        return
    async with frozen(gateway, hours_ago=HOURS_AGO) as clock:
        yield VirtualTime(clock)
