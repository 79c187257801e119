"""
The dashboard's real time: its only file that asks the machine for it.  Business time comes from the gateway.
"""

import asyncio
import time


def monotonic_s() -> float:
    """
    Seconds since some moment.
    """
    return time.monotonic()


async def pause(seconds: float) -> None:
    """
    Wait in real time.
    """
    await asyncio.sleep(seconds)
