"""
Durations as people write them.
"""

import re
from datetime import timedelta
from typing import Final

from gateway.domain.errors import BadRequest

_PART: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)")
_UNIT_S: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_YEARS_MAX: Final = timedelta(days=3_660)


def parse_duration(value: object) -> timedelta:
    """
    Seconds as a number, or text such as `90s`, `1h30m`, `250ms`; positive, at most ten years.  Raises `BadRequest`.
    """
    seconds: float | None = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value)
    elif isinstance(value, str):
        parts = _PART.findall(value)
        if parts and "".join(number + unit for number, unit in parts) == value:
            seconds = sum(float(number) * _UNIT_S[unit] for number, unit in parts)
    if seconds is None or not 0 <= seconds <= _YEARS_MAX.total_seconds():
        raise BadRequest(
            "advance must be seconds or a duration such as 90s, 1h30m or 250ms", param="advance"
        )
    return timedelta(seconds=seconds)
