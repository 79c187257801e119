"""
The bank's draws: keyed by the seed and the subject, so that order does not matter.
"""

import hashlib


class KeyedRng:
    """
    Everything random at the bank comes from here.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def fraction(self, *key: str) -> float:
        """
        A number from 0 to below 1 that depends on the seed and the key alone.
        """
        return int.from_bytes(self._digest(key)[:8], "big") / 2**64

    def token(self, *key: str) -> str:
        """
        24 hex characters that depend on the seed and the key alone.
        """
        return self._digest(key).hex()[:24]

    def between(self, low: int, high: int, *key: str) -> int:
        """
        A whole number from `low` to `high`, both included.
        """
        return low + int(self.fraction(*key) * (high - low + 1))

    def _digest(self, key: tuple[str, ...]) -> bytes:
        return hashlib.sha256(":".join((self._seed, *key)).encode()).digest()
