"""
The overview of a time-line: marks in lanes over one axis of clock time.  Pure geometry; templates draw it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from dashboard.timeline import LANES, Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """
    Where an entry stands on the overview; `number` counts from 1 as the list does.
    """

    x: float
    y: float
    number: int
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """
    The overview: marks in lanes over one axis of time whose gaps are compressed (a retry two hours later must not press the first second into one dot).
    """

    width: int
    height: int
    lanes: tuple[tuple[str, float], ...]
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, datetime], ...]


WIDTH: Final = 960
_LEFT: Final = 96
_RIGHT: Final = 24
_LANE: Final = 26
_TOP: Final = 16
_TICK_SPACE: Final = 84.0
_STACK: Final = 5.0


def _places(instants: Sequence[datetime]) -> dict[datetime, float]:
    """
    The x of every distinct instant: each gap takes the root of the root of its length, and never nothing.
    """
    if not instants:
        return {}
    weights = [0.0]
    for earlier, later in pairwise(instants):
        gap_ms = (later - earlier).total_seconds() * 1000
        weights.append(weights[-1] + 1.0 + float(gap_ms**0.25))
    total = weights[-1] or 1.0
    room = WIDTH - _LEFT - _RIGHT
    return {
        at: round(_LEFT + room * weight / total, 1)
        for at, weight in zip(instants, weights, strict=True)
    }


def axis_of(entries: Sequence[Entry]) -> Axis:
    """
    The overview of entries that are in order.
    """
    lanes = [lane for lane, _ in LANES if any(entry.lane == lane for entry in entries)]
    rows = {lane: _TOP + _LANE * n for n, lane in enumerate(lanes)}
    places = _places(sorted({entry.at for entry in entries}))
    taken: dict[tuple[float, str], int] = {}
    marks = []
    for number, entry in enumerate(entries, 1):
        spot = (places[entry.at], entry.lane)
        count = taken[spot] = taken.get(spot, 0) + 1
        x = round(spot[0] + _STACK * (count - 1), 1)
        marks.append(Mark(x=x, y=rows[entry.lane], number=number, entry=entry))
    ticks: list[tuple[float, datetime]] = []
    for at, x in places.items():
        if not ticks or x - ticks[-1][0] >= _TICK_SPACE:
            ticks.append((x, at))
    labels = dict(LANES)
    return Axis(
        width=WIDTH,
        height=_TOP + _LANE * len(lanes) + 14,
        lanes=tuple((labels[lane], rows[lane]) for lane in lanes),
        marks=tuple(marks),
        ticks=tuple(ticks),
    )
