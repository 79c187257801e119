"""
Instants as text: ISO 8601, UTC, microseconds, `Z` (contract 1.4).
"""

from datetime import UTC, datetime


def format_instant(at: datetime) -> str:
    """
    Render an aware instant.
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_instant(text: str) -> datetime:
    """
    Read an ISO 8601 instant with zone; raises ValueError.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(
            f"expected an instant with a time zone such as 2026-01-01T00:00:00Z, found {text!r}"
        )
    return at.astimezone(UTC)
