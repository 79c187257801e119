"""
The OpenAPI paths of what pages for people are made from.
"""

from gateway.api.describing import Document, listing, ok, operation, path_parameter
from gateway.domain.statistics import (
    BUCKETS_DEFAULT,
    BUCKETS_MAX,
    PERIOD_S_DEFAULT,
    PERIOD_S_MAX,
    PERIOD_S_MIN,
)

_REQUEST_ID: Document = {
    "name": "request_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{8,128}$"},
}


def _whole(name: str, least: int, most: int, default: int) -> Document:
    schema = {"type": "integer", "minimum": least, "maximum": most, "default": default}
    return {"name": name, "in": "query", "schema": schema}


def _retry_of_job() -> Document:
    kind: Document = {
        "name": "kind",
        "in": "path",
        "required": True,
        "schema": {"enum": ["payment", "refund", "capture", "void", "reversal", "delivery"]},
    }
    entity: Document = {
        "name": "entity_id",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
    }
    return operation(
        "retry_job", "Make a parked job due now", answers=ok("Job"), parameters=[kind, entity]
    )


def view_paths() -> Document:
    """
    Statistics, history, jobs, ledger, request log, single deliveries and events, bulk retry.
    """
    payment, delivery = path_parameter("payment_id", "pay_"), path_parameter("delivery_id", "")
    period = [
        _whole("period_s", PERIOD_S_MIN, PERIOD_S_MAX, PERIOD_S_DEFAULT),
        _whole("buckets", 1, BUCKETS_MAX, BUCKETS_DEFAULT),
        {"name": "to", "in": "query", "schema": {"type": "string", "format": "date-time"}},
    ]
    day: Document = {
        "name": "date",
        "in": "query",
        "schema": {"type": "string", "format": "date"},
    }
    return {
        "/api/v1/statistics": {"get": operation("get_statistics", "Totals, and a period in buckets", answers=ok("Statistics"), parameters=period)},
        "/api/v1/payments/{payment_id}/timeline": {
            "get": operation("get_timeline", "Everything that is written down about a payment", answers=ok("Timeline"), parameters=[payment])
        },
        "/api/v1/jobs": {"get": listing("list_jobs", "JobPage")},
        "/api/v1/jobs/{kind}/{entity_id}/retry": {"post": _retry_of_job()},
        "/api/v1/workers": {"get": operation("list_workers", "List the workers of the last hour", answers=ok("Workers"))},
        "/api/v1/ledger": {"get": listing("list_ledger", "JournalPage")},
        "/api/v1/ledger/balances": {"get": operation("get_balances", "Balances of the ledger's accounts", answers=ok("Balances"))},
        "/api/v1/ledger/reconciliation": {
            "get": operation("get_reconciliation", "The ledger of a day against the bank's statement", answers=ok("Reconciliation"), parameters=[day])
        },
        "/api/v1/request-log": {"get": listing("list_request_log", "LoggedRequestPage")},
        "/api/v1/request-log/{request_id}": {"get": operation("get_request", "Read one line of the request log", answers=ok("LoggedRequest"), parameters=[_REQUEST_ID])},
        "/api/v1/webhooks/{delivery_id}": {
            "get": operation("get_delivery", "Read a delivery with its bytes", answers=ok("WholeDelivery"), parameters=[delivery])
        },
        "/api/v1/webhooks/retry": {
            "post": operation("retry_webhooks", "Deliver again everything that fits", answers=ok("BulkRetry"), body="NewBulkRetry")
        },
        "/api/v1/events/{event_id}": {"get": operation("get_event", "Read an event", answers=ok("Event"), parameters=[path_parameter("event_id", "evt_")])},
    }  # fmt: skip
