"""
Rows of lists in the contract's words.
"""

from datetime import datetime
from typing import Any

from gateway.domain.instants import format_instant

Document = dict[str, object]


def instant(at: datetime | None) -> str | None:
    """
    As the contract writes it; None stays None.
    """
    return None if at is None else format_instant(at)


def order_row(row: Any) -> Document:
    """
    An order in a list.
    """
    return {
        "id": row.id,
        "merchant_id": str(row.merchant_id),
        "amount": row.amount,
        "currency": row.currency,
        "receipt": row.receipt,
        "notes": row.notes or {},
        "status": row.status,
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
    }


def refund_row(row: Any) -> Document:
    """
    A refund in a list.
    """
    return {
        "id": row.id,
        "payment_id": row.payment_id,
        "amount": row.amount,
        "reason": row.reason,
        "status": row.status,
        "created_at": instant(row.created_at),
        "processed_at": instant(row.processed_at),
    }


def webhook_row(row: Any) -> Document:
    """
    A delivery in the log (contract 1.5.6), with when it is tried next.
    """
    return {
        "id": str(row.id),
        "event": row.event,
        "status": row.status,
        "attempts": row.attempts,
        "created_at": instant(row.created_at),
        "last_attempt_at": instant(row.last_attempt_at),
        "response_code": row.response_code,
        "next_retry_at": instant(row.next_retry_at),
        "event_id": row.event_id,
        "entity_id": row.entity_id,
    }


def attempt_row(row: Any) -> Document:
    """
    One HTTP request of a delivery; `generation` counts manual retries from 1.
    """
    return {
        "generation": row.generation,
        "number": row.number,
        "started_at": instant(row.started_at),
        "finished_at": instant(row.finished_at),
        "url": row.url,
        "response_code": row.status,
        "error_class": row.error_class,
        "latency_ms": row.latency_ms,
        "response_body": row.response_body,
        "request_headers": row.request_headers,
    }


def event_row(row: Any) -> Document:
    """
    An event with the body that its webhooks carry.
    """
    return {
        "id": row.id,
        "type": row.type,
        "entity_id": row.entity_id,
        "created_at": instant(row.created_at),
        "payload": row.data,
    }


def request_row(row: Any) -> Document:
    """
    One line of the request log.
    """
    return {
        "id": str(row["id"]),
        "request_id": row["request_id"],
        "at": instant(row["at"]),
        "method": row["method"],
        "path": row["path"],
        "status": row["status"],
        "duration_ms": row["duration_ms"],
        "entity_id": row["entity_id"],
        "idempotency_key": row["idempotency_key"],
        "replayed": row["replayed"],
        "error_code": row["error_code"],
        "request_body": row["request_body"],
        "response_body": row["response_body"],
    }
