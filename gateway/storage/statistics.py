"""
Figures of a merchant, aggregated by PostgreSQL.
"""

from typing import Final
from uuid import UUID

import asyncpg

from gateway.domain.statistics import AttemptCount, PaymentCount, Percentiles, Period
from gateway.storage.database import Database

_COUNTED: Final = (
    "status, currency, count(*) AS count, sum(amount) AS amount, sum(refunded_minor) AS refunded"
)
_TOTALS: Final = f"SELECT NULL AS bucket, {_COUNTED} FROM payments WHERE merchant_id = $1 GROUP BY status, currency"
#: $2 holds the starts of the buckets; `width_bucket` finds the last that is not later.
_IN_PERIOD: Final = "merchant_id = $1 AND {at} >= ($2::timestamptz[])[1] AND {at} <= $3"
_PAYMENTS: Final = f"""
SELECT width_bucket(created_at, $2::timestamptz[]) - 1 AS bucket, {_COUNTED} FROM payments
WHERE {_IN_PERIOD.format(at="created_at")} GROUP BY 1, status, currency"""
_PERCENTILES: Final = "percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY {ms}) AS ms"
_DECISIONS: Final = f"""
SELECT width_bucket(created_at, $2::timestamptz[]) - 1 AS bucket,
    {_PERCENTILES.format(ms="date_part('epoch', decided_at - created_at) * 1000")}
FROM payments WHERE {_IN_PERIOD.format(at="created_at")} AND decided_at IS NOT NULL GROUP BY 1"""
_ATTEMPTS: Final = f"""
SELECT width_bucket(started_at, $2::timestamptz[]) - 1 AS bucket, count(*) AS count,
    count(*) FILTER (WHERE finished_at IS NOT NULL AND (status IS NULL OR status NOT BETWEEN 200 AND 299)) AS failures,
    {_PERCENTILES.format(ms="latency_ms")}
FROM webhook_attempts WHERE {_IN_PERIOD.format(at="started_at")} GROUP BY 1"""


def _count_of(row: asyncpg.Record) -> PaymentCount:
    return PaymentCount(
        bucket=row["bucket"],
        status=row["status"],
        currency=row["currency"],
        count=row["count"],
        amount_minor=int(row["amount"]),
        refunded_minor=int(row["refunded"]),
    )


def _percentiles_of(row: asyncpg.Record) -> Percentiles:
    p50, p95, p99 = row["ms"] or (None, None, None)
    return Percentiles(p50=p50, p95=p95, p99=p99)


async def count_all(database: Database, merchant_id: UUID) -> list[PaymentCount]:
    """
    Payments of all time.
    """
    return [_count_of(row) for row in await database.read(_TOTALS, merchant_id)]


async def count_payments(
    database: Database, merchant_id: UUID, period: Period
) -> list[PaymentCount]:
    """
    Payments created in each bucket.
    """
    rows = await database.read(_PAYMENTS, merchant_id, period.starts, period.to)
    return [_count_of(row) for row in rows]


async def measure_decisions(
    database: Database, merchant_id: UUID, period: Period
) -> dict[int, Percentiles]:
    """
    Milliseconds from creation to decision, by bucket; buckets without a decided payment are missing.
    """
    rows = await database.read(_DECISIONS, merchant_id, period.starts, period.to)
    return {row["bucket"]: _percentiles_of(row) for row in rows}


async def count_attempts(
    database: Database, merchant_id: UUID, period: Period
) -> dict[int, AttemptCount]:
    """
    Webhook attempts by bucket; buckets without one are missing.
    """
    rows = await database.read(_ATTEMPTS, merchant_id, period.starts, period.to)
    return {
        row["bucket"]: AttemptCount(
            count=row["count"], failures=row["failures"], latency=_percentiles_of(row)
        )
        for row in rows
    }
