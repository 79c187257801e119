"""
The gateway's clocks.  The only file, with `rng.py`, that may ask the machine for time.

Business time (due instants, expiry, what is shown to people) comes from PostgreSQL, see `storage/test_clock.py`.
This clock serves time-outs, back-off and leases of this process, which are real in every mode.
"""

import asyncio
import time
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """
    What the gateway may know of real time.
    """

    def now(self) -> datetime:
        """
        Real wall-clock time, aware UTC.
        """
        ...

    def monotonic_s(self) -> float:
        """
        Seconds that never step back, for durations.
        """
        ...

    def sleep(self, delay_s: float) -> Awaitable[None]:
        """
        Suspend the calling task for `delay_s` real seconds.
        """
        ...


class SystemClock:
    """
    The machine's clock.
    """

    def now(self) -> datetime:
        """
        Real wall-clock time, aware UTC.
        """
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """
        Seconds that never step back.
        """
        return time.monotonic()

    async def sleep(self, delay_s: float) -> None:
        """
        Suspend the calling task for `delay_s` real seconds.
        """
        await asyncio.sleep(delay_s)
