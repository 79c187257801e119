"""
When a webhook is tried again, and when an endpoint is given a rest.  Source: contract 1.7, reliability 5.8.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

#: Seconds before attempts 1-5, measured from the failure before.  Source: contract 1.7, production column.
RETRY_DELAYS_S: Final = (0, 60, 300, 1_800, 7_200)
#: The same in test mode.  Source: contract 1.7, test column.
RETRY_DELAYS_TEST_S: Final = (0, 5, 10, 15, 20)

#: A year like 0027, which the standard library reads as 2027.
_EARLY_YEAR: Final = re.compile(r"\b0[0-9]{3}\b")

#: The breaker opens after this many failures in a row ...
BREAKER_FAILURES: Final = 10
#: ... over at least this long, ...
BREAKER_SPAN: Final = timedelta(minutes=1)
#: ... and one attempt is let through after this long.
BREAKER_REST: Final = timedelta(seconds=60)
#: An endpoint that failed for so long is disabled.
DISABLE_AFTER: Final = timedelta(days=5)


def parse_retry_after(header: str | None, *, now: datetime) -> float | None:
    """
    Seconds that a `Retry-After` header asks for, in either of its forms; None when there is none or it is malformed.
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) <= 9 else None  # noqa: PLR2004  30 years are enough
    if _EARLY_YEAR.search(text):
        return None
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())


def next_delay_s(
    *,
    attempt_number: int,
    delays_s: tuple[int, ...],
    retry_after_s: float | None = None,
    jitter: float = 0.0,
) -> float | None:
    """
    Seconds from the failure of attempt `attempt_number` (from 1) to the next attempt, None when that was the last.

    Retry-After counts between the base delay and twice of it; `jitter` is a fraction of the base.
    """
    if attempt_number >= len(delays_s):
        return None
    base = float(delays_s[attempt_number])
    delay = base * (1.0 + jitter)
    if retry_after_s is not None:
        delay = min(max(base, delay, retry_after_s), 2 * base)
    return delay


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointHealth:
    """
    What is remembered of an endpoint's failures.
    """

    consecutive_failures: int = 0
    failing_since: datetime | None = None
    breaker_open_until: datetime | None = None
    disabled_reason: str | None = None

    def after_success(self) -> "EndpointHealth":
        """
        A clean record.
        """
        return EndpointHealth()

    def after_failure(self, at: datetime, *, gone: bool) -> "EndpointHealth":
        """
        One failure more; `gone` is a 410, which disables at once.
        """
        failures = self.consecutive_failures + 1
        since = self.failing_since or at
        reason = None
        if gone:
            reason = "the endpoint answered 410 Gone"
        elif at - since >= DISABLE_AFTER:
            reason = "every attempt failed for five days"
        trips = failures >= BREAKER_FAILURES and at - since >= BREAKER_SPAN
        return EndpointHealth(
            consecutive_failures=failures,
            failing_since=since,
            breaker_open_until=at + BREAKER_REST if trips else None,
            disabled_reason=reason,
        )
