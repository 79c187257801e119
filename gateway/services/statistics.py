"""
Figures of a merchant.
"""

import asyncio
from collections.abc import Mapping

from gateway.domain.merchant import Principal
from gateway.domain.query_values import parse_moment, parse_number
from gateway.domain.statistics import (
    BUCKETS_DEFAULT,
    BUCKETS_MAX,
    PERIOD_S_DEFAULT,
    PERIOD_S_MAX,
    PERIOD_S_MIN,
    Period,
    Statistics,
    period_until,
)
from gateway.services.context import Context
from gateway.storage import statistics


def _period(principal: Principal, query: Mapping[str, str]) -> Period:
    return period_until(
        parse_moment(query.get("to") or None, "to") or principal.now,
        period_s=parse_number(
            query.get("period_s"),
            "period_s",
            default=PERIOD_S_DEFAULT,
            least=PERIOD_S_MIN,
            most=PERIOD_S_MAX,
        ),
        buckets=parse_number(
            query.get("buckets"), "buckets", default=BUCKETS_DEFAULT, least=1, most=BUCKETS_MAX
        ),
    )


async def read_statistics(
    context: Context, principal: Principal, query: Mapping[str, str]
) -> Statistics:
    """
    Totals of all time, and the period that `to` (now), `period_s` and `buckets` ask for.  Raises `BadRequest`.
    """
    period = _period(principal, query)
    database, merchant_id = context.database, principal.merchant.id
    totals, payments, decisions, attempts = await asyncio.gather(
        statistics.count_all(database, merchant_id),
        statistics.count_payments(database, merchant_id, period),
        statistics.measure_decisions(database, merchant_id, period),
        statistics.count_attempts(database, merchant_id, period),
    )
    return Statistics(
        period=period, totals=totals, payments=payments, decisions=decisions, attempts=attempts
    )
