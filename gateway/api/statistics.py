"""
Statistics: totals of all time, and a period in buckets.
"""

from quart import Blueprint, Response, request

from gateway.api.requests import json_response, principal
from gateway.api.state import context
from gateway.domain.instants import format_instant
from gateway.domain.statistics import PaymentCount, Percentiles, Statistics
from gateway.services.statistics import read_statistics

statistics = Blueprint("statistics", __name__)
Document = dict[str, object]
_STATUSES = ("success", "failed", "pending", "voided")
_PAID = "success"


def _counts(found: list[PaymentCount]) -> Document:
    by_status = {
        status: sum(one.count for one in found if one.status == status) for status in _STATUSES
    }
    return {"payments": sum(by_status.values()), **by_status}


def _volumes(found: list[PaymentCount]) -> list[Document]:
    return [
        {
            "currency": currency,
            "amount": sum(one.amount_minor for one in of_currency if one.status == _PAID),
            "refunded": sum(one.refunded_minor for one in of_currency),
            "count": sum(one.count for one in of_currency if one.status == _PAID),
        }
        for currency in sorted({one.currency for one in found})
        for of_currency in [[one for one in found if one.currency == currency]]
    ]


def _milliseconds(found: Percentiles) -> Document:
    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, 3)

    return {"p50": rounded(found.p50), "p95": rounded(found.p95), "p99": rounded(found.p99)}


def _buckets(found: Statistics) -> list[Document]:
    documents = []
    for number, start in enumerate(found.period.starts):
        payments = [one for one in found.payments if one.bucket == number]
        attempts = found.attempts.get(number)
        document: Document = {
            "at": format_instant(start),
            **_counts(payments),
            "volume": {one.currency: one.amount_minor for one in payments if one.status == _PAID},
            "latency_ms": _milliseconds(found.decisions.get(number, Percentiles())),
            "attempts": 0 if attempts is None else attempts.count,
            "attempt_failures": 0 if attempts is None else attempts.failures,
            "delivery_latency_ms": _milliseconds(
                Percentiles() if attempts is None else attempts.latency
            ),
        }
        documents.append(document)
    return documents


@statistics.get("/api/v1/statistics")
async def get_statistics() -> Response:
    """
    The merchant's figures.
    """
    found = await read_statistics(context(), await principal(), request.args)
    return json_response(
        {
            "from": format_instant(found.period.starts[0]),
            "to": format_instant(found.period.to),
            "bucket_s": found.period.bucket_s,
            "totals": {**_counts(found.totals), "volume": _volumes(found.totals)},
            "buckets": _buckets(found),
        }
    )
