"""
The gateway's randomness.  The only file that may ask the machine for entropy.

With a seed every draw is keyed by what it is for, so two requests that swap places do not swap ids; without one it is the operating system's.
"""

import hashlib
import secrets
from typing import Protocol


class Rng(Protocol):
    """
    A source of bytes.
    """

    def draw(self, *key: str) -> bytes:
        """
        32 bytes; the same for the same key when seeded, fresh otherwise.
        """
        ...

    def secret(self, size_bytes: int) -> bytes:
        """
        Fresh bytes for secrets; never seeded.
        """
        ...

    @property
    def seeded(self) -> bool:
        """
        Whether draws repeat for the same key.
        """
        ...


class SystemRng:
    """
    The operating system's generator; keys are ignored.
    """

    seeded = False

    def draw(self, *key: str) -> bytes:
        """
        32 fresh bytes.
        """
        del key
        return secrets.token_bytes(32)

    def secret(self, size_bytes: int) -> bytes:
        """
        Fresh bytes for secrets.
        """
        return secrets.token_bytes(size_bytes)


class SeededRng:
    """
    Keyed draws: sha256 over the seed and the key.  For test mode.
    """

    seeded = True

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def draw(self, *key: str) -> bytes:
        """
        32 bytes that depend on the seed and the key alone.
        """
        return hashlib.sha256(":".join((self._seed, *key)).encode()).digest()

    def secret(self, size_bytes: int) -> bytes:
        """
        Fresh bytes for secrets; a seed must never make a secret guessable.
        """
        return secrets.token_bytes(size_bytes)
