"""
The bank's clock: real, or set by whoever drives the sandbox (clock follower protocol, docs/ARCHITECTURE.md).
"""

import time
from datetime import UTC, datetime


class FollowerClock:
    """
    Real until it is told an instant; then that instant until told otherwise.
    """

    def __init__(self) -> None:
        self._frozen_at: datetime | None = None
        #: Whether timers must wait although their time has come.
        self.held = False

    @property
    def mode(self) -> str:
        """
        `real` or `frozen`.
        """
        return "real" if self._frozen_at is None else "frozen"

    def now(self) -> datetime:
        """
        The bank's time, aware UTC.
        """
        return self._frozen_at or datetime.now(UTC)

    def follow(self, frozen_at: datetime | None, *, held: bool) -> None:
        """
        Freeze at an instant, or be real again (None); `held` keeps timers from firing until told again.
        """
        self._frozen_at = frozen_at
        self.held = held

    def monotonic_s(self) -> float:
        """
        Seconds that never step back.
        """
        return time.monotonic()
