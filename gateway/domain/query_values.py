"""
Values of a query string: whole numbers and instants, refused with a sentence.
"""

from datetime import UTC, datetime
from typing import Final

from gateway.domain.errors import BadRequest
from gateway.domain.instants import parse_instant

#: More digits than any bound here has; longer text is not even read.
_DIGITS_MAX: Final = 16
#: Instants outside are refused: arithmetic on them leaves what PostgreSQL and Python can hold.
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)


def parse_number(value: str | None, name: str, *, default: int, least: int, most: int) -> int:
    """
    A whole number from `least` to `most`, `default` when absent.  Raises `BadRequest`.
    """
    if value is None:
        return default
    is_number = value.isascii() and value.isdigit() and len(value) <= _DIGITS_MAX
    if not is_number or not least <= int(value) <= most:
        raise BadRequest(f"{name} must be a whole number from {least} to {most}", param=name)
    return int(value)


def parse_moment(value: str | None, name: str) -> datetime | None:
    """
    An ISO 8601 instant with zone, None when absent.  Raises `BadRequest`.
    """
    if value is None:
        return None
    try:
        at = parse_instant(value)
    except (ValueError, OverflowError) as error:
        raise BadRequest(
            f"{name} must be an instant such as 2026-01-01T00:00:00Z", param=name
        ) from error
    if not _EARLIEST <= at <= _LATEST:
        raise BadRequest(f"{name} must lie between the years 1970 and 9000", param=name)
    return at
