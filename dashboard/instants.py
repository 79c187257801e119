"""
Instants and durations for people: UTC, nothing hidden by rounding where it matters.
"""

from datetime import UTC, date, datetime
from typing import Final

NOTHING: Final = "\u2013"
_SECOND_MS: Final = 1_000
_EXACT_MS: Final = 10
_MINUTE_S: Final = 60
_HOUR_S: Final = 3_600
_DAY_S: Final = 86_400


def parsed(text: object) -> datetime | None:
    """
    The instant of an ISO 8601 text with zone, None when it is none.
    """
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo is not None else None


def is_day(text: str) -> bool:
    """
    Whether it is a date such as 2026-01-31.
    """
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _shown(text: object, form: str) -> str:
    at = parsed(text)
    return NOTHING if at is None else at.strftime(form)


def moment(text: object) -> str:
    """
    To the second.
    """
    return _shown(text, "%Y-%m-%d %H:%M:%S")


def day(text: object) -> str:
    """
    To the minute, for axes: without year and seconds.
    """
    return _shown(text, "%d %b %H:%M")


def precise(text: object) -> str:
    """
    To the millisecond.
    """
    at = parsed(text)
    return NOTHING if at is None else at.strftime("%Y-%m-%d %H:%M:%S.") + f"{at:%f}"[:3]


def offset(seconds: float) -> str:
    """
    A distance in time with its sign, such as `+40 ms`, `+2.5 s`, `+1 m 05 s`, `+2 h 07 m`.
    """
    sign, seconds = ("\u2212", -seconds) if seconds < 0 else ("+", seconds)
    return sign + duration(seconds)


def duration(seconds: float) -> str:
    """
    A length of time, in the two largest units that it has.
    """
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < _MINUTE_S:
        return f"{seconds:.2f}".rstrip("0").rstrip(".") + " s"
    whole = round(seconds)
    if whole < _HOUR_S:
        return f"{whole // 60} m {whole % 60:02d} s"
    if whole < _DAY_S:
        return f"{whole // _HOUR_S} h {whole % _HOUR_S // 60:02d} m"
    return f"{whole // _DAY_S} d {whole % _DAY_S // _HOUR_S:02d} h"


def took(milliseconds: float | None) -> str:
    """
    How long something took: tenths below ten milliseconds, seconds from one on.
    """
    if milliseconds is None:
        return NOTHING
    if milliseconds >= _SECOND_MS:
        return duration(milliseconds / _SECOND_MS)
    return f"{milliseconds:.0f} ms" if milliseconds >= _EXACT_MS else f"{milliseconds:.1f} ms"


def since(start: object, end: object) -> str:
    """
    How long after `start` the instant `end` is.
    """
    first, last = parsed(start), parsed(end)
    return NOTHING if first is None or last is None else offset((last - first).total_seconds())
