"""
Randomness, for those who pass none of their own: jitter of pauses, idempotency keys.
"""

import random
import uuid


def draw() -> float:
    """
    A number from 0 up to 1.
    """
    return random.random()  # noqa: S311  spreads retries, protects nothing


def new_idempotency_key() -> str:
    """
    A key for one request and all its repeats; keep it with the thing that you are paying for, so that a restarted process repeats with the same key.
    """
    return f"key_{uuid.uuid4().hex}"
