"""
The business clock, and what another party says about its timers.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerState:
    """
    `next_due_at` is the earliest timer the party holds; `idle` is false while it is busy with something that is already due.
    """

    next_due_at: datetime | None
    idle: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState:
    """
    `mode` is real, frozen or auto; `now` is the business time in it.
    """

    mode: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStanding:
    """
    The clock, the earliest timer of any party after now, and how much of our own work is due or held now.

    `followers_answered` is false when another party could not be asked: its timers are then missing from `next_due_at`.
    """

    clock: ClockState
    next_due_at: datetime | None
    outstanding: int
    followers_answered: bool
