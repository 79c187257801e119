"""
How many failed logins an address may have.
"""

from collections.abc import Callable
from typing import Final

#: Addresses remembered at once; beyond that the longest quiet is forgotten.
_ADDRESSES_MAX: Final = 10_000
_MINUTE_S: Final = 60.0


class LoginLimit:
    """
    A bucket per address that fills at `per_minute` tokens a minute; each failure takes one.
    """

    def __init__(self, per_minute: int, now_s: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._now_s = now_s
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait_s(self, address: str) -> float:
        """
        Seconds until the address may try again, 0 when it may now.
        """
        tokens = self._tokens(address)
        return 0.0 if tokens >= 1 else (1 - tokens) * _MINUTE_S / self._per_minute

    def failed(self, address: str) -> None:
        """
        Count a failure.
        """
        tokens = self._tokens(address) - 1
        self._buckets.pop(address, None)
        self._buckets[address] = (tokens, self._now_s())
        if len(self._buckets) > _ADDRESSES_MAX:
            del self._buckets[next(iter(self._buckets))]

    def _tokens(self, address: str) -> float:
        tokens, seen_s = self._buckets.get(address, (float(self._per_minute), 0.0))
        refill = (self._now_s() - seen_s) * self._per_minute / _MINUTE_S
        return min(float(self._per_minute), tokens + refill)
