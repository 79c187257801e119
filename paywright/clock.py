"""
The sandbox's real time: the only file here that asks the machine for it.
"""

import time


def monotonic_s() -> float:
    """
    Seconds that never step back.
    """
    return time.monotonic()


def pause(delay_s: float) -> None:
    """
    Block this thread; for the moments while a server starts.
    """
    time.sleep(delay_s)
