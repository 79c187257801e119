"""
Rows of lists in the contract's words.
"""

from datetime import datetime
from typing import Any

from gateway.domain.instants import format_instant

Document = dict[str, object]


def _instant(at: datetime | None) -> str | None:
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
        "created_at": _instant(row.created_at),
        "updated_at": _instant(row.updated_at),
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
        "created_at": _instant(row.created_at),
        "processed_at": _instant(row.processed_at),
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
        "created_at": _instant(row.created_at),
        "last_attempt_at": _instant(row.last_attempt_at),
        "response_code": row.response_code,
        "next_retry_at": _instant(row.next_retry_at),
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
        "started_at": _instant(row.started_at),
        "finished_at": _instant(row.finished_at),
        "url": row.url,
        "response_code": row.status,
        "error_class": row.error_class,
        "latency_ms": row.latency_ms,
        "response_body": row.response_body,
    }


def event_row(row: Any) -> Document:
    """
    An event with the body that its webhooks carry.
    """
    return {
        "id": row.id,
        "type": row.type,
        "entity_id": row.entity_id,
        "created_at": _instant(row.created_at),
        "payload": row.data,
    }
