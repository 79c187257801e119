"""
Figures of a merchant: totals of all time, and a period cut into buckets of equal length.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

PERIOD_S_MIN: Final = 60
#: A leap year.
PERIOD_S_MAX: Final = 31_622_400
PERIOD_S_DEFAULT: Final = 86_400
BUCKETS_MAX: Final = 120
BUCKETS_DEFAULT: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """
    `count` buckets of `bucket_s` seconds, the last of which ends at `to`.  A bucket begins with its start; the last one has its end too, so that
    what happens at a frozen clock's instant is counted.
    """

    to: datetime
    bucket_s: int
    count: int

    @property
    def starts(self) -> list[datetime]:
        """
        Where the buckets begin, oldest first.
        """
        length = timedelta(seconds=self.bucket_s)
        return [self.to - length * number for number in range(self.count, 0, -1)]


def period_until(to: datetime, *, period_s: int, buckets: int) -> Period:
    """
    The period that ends at `to`, lengthened to whole seconds per bucket.
    """
    return Period(to=to, bucket_s=-(-period_s // buckets), count=buckets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """
    Milliseconds, interpolated between neighbours; None when there is nothing to measure.
    """

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCount:
    """
    Payments of one status and currency: how many, the sum of their amounts and of their refunds (reserved or done) in minor units.

    `bucket` is where they were created, counted from 0; None means all time.
    """

    bucket: int | None
    status: str
    currency: str
    count: int
    amount_minor: int
    refunded_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptCount:
    """
    Webhook attempts that started in a bucket: all, those that ended without 2xx, and how long they took (real time).
    """

    count: int
    failures: int
    latency: Percentiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """
    What is known of a merchant's payments.  `decisions` is the business time from creation to decision of the payments created in a bucket.
    """

    period: Period
    totals: list[PaymentCount]
    payments: list[PaymentCount]
    decisions: dict[int, Percentiles]
    attempts: dict[int, AttemptCount]
