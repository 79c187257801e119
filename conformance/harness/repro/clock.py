"""
The only part of a repro that asks the machine for time.
"""

import time


def monotonic_s() -> float:
    """
    Seconds that never step back.
    """
    return time.monotonic()


def pause() -> None:
    """
    Wait a moment between two looks.
    """
    time.sleep(0.1)
