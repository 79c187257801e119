"""
The suite's real time; its only file that asks the machine for it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")
_POLL_S = 0.02


def monotonic_s() -> float:
    """
    Seconds that never step back.
    """
    return time.monotonic()


def unix_s() -> float:
    """
    Unix time.
    """
    return time.time()


async def wait_until(
    look: Callable[[], Awaitable[Found | None]], *, within_s: float
) -> Found | None:
    """
    Look again and again until there is something, at most `within_s`; None when there was nothing.
    """
    deadline = monotonic_s() + within_s
    while True:
        found = await look()
        if found is not None or monotonic_s() > deadline:
            return found
        await asyncio.sleep(_POLL_S)
