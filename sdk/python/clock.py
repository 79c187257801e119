"""
The machine's time, for those who pass no clock of their own.
"""

import asyncio
import time
from datetime import UTC, datetime


def now() -> datetime:
    """
    The wall clock, aware UTC.
    """
    return datetime.now(UTC)


def monotonic_s() -> float:
    """
    Seconds that never step back.
    """
    return time.monotonic()


def sleep(pause_s: float) -> None:
    """
    Block this thread.
    """
    time.sleep(pause_s)


async def sleep_async(pause_s: float) -> None:
    """
    Let other tasks run.
    """
    await asyncio.sleep(pause_s)
