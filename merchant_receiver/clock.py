"""
The receiver's clock: real, or set by whoever drives the sandbox (clock follower protocol, docs/ARCHITECTURE.md).
"""

import time
from datetime import UTC, datetime


class FollowerClock:
    """
    Real until it is told an instant; then that instant until told otherwise.
    """

    def __init__(self) -> None:
        self._frozen_at: datetime | None = None

    @property
    def mode(self) -> str:
        """
        `real` or `frozen`.
        """
        return "real" if self._frozen_at is None else "frozen"

    def now(self) -> datetime:
        """
        The receiver's time, aware UTC.
        """
        return self._frozen_at or datetime.now(UTC)

    def follow(self, frozen_at: datetime | None) -> None:
        """
        Freeze at an instant, or be real again (None).
        """
        self._frozen_at = frozen_at

    def monotonic_s(self) -> float:
        """
        Real seconds that never step back, for arrival times.
        """
        return time.monotonic()
