"""
Events: immutable facts that are announced, and the exact bodies of their webhooks.

Source: contract 1.8.  The body is built once, here, and never re-serialised (reliability 5.7).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from gateway.domain.instants import format_instant
from gateway.domain.payment import Payment
from gateway.domain.refund import Refund


class EventType(StrEnum):
    """
    Everything that can be announced: the contract's six, then our extensions.
    """

    PAYMENT_CREATED = "payment.created"
    PAYMENT_PENDING = "payment.pending"
    PAYMENT_SUCCESS = "payment.success"
    PAYMENT_FAILED = "payment.failed"
    REFUND_CREATED = "refund.created"
    REFUND_PROCESSED = "refund.processed"
    PAYMENT_CAPTURED = "payment.captured"
    PAYMENT_CAPTURE_FAILED = "payment.capture_failed"
    PAYMENT_VOIDED = "payment.voided"
    REFUND_FAILED = "refund.failed"
    DISPUTE_OPENED = "dispute.opened"
    DISPUTE_WON = "dispute.won"
    DISPUTE_LOST = "dispute.lost"
    WEBHOOK_TEST = "webhook.test"


#: The events of the contract; a merchant without a subscription list gets these and nothing else in the contract profile.
CONTRACT_EVENTS = frozenset(
    {
        EventType.PAYMENT_CREATED,
        EventType.PAYMENT_PENDING,
        EventType.PAYMENT_SUCCESS,
        EventType.PAYMENT_FAILED,
        EventType.REFUND_CREATED,
        EventType.REFUND_PROCESSED,
        EventType.WEBHOOK_TEST,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """
    A fact to be announced; `payload` is the whole webhook body.
    """

    id: str
    merchant_id: UUID
    type: EventType
    entity_id: str
    payload: dict[str, object]
    created_at: datetime


def payment_data(payment: Payment) -> dict[str, object]:
    """
    The payment as webhooks show it.
    """
    data: dict[str, object] = {
        "id": payment.id,
        "order_id": payment.order_id,
        "amount": payment.amount_minor,
        "currency": payment.currency,
        "method": payment.method,
        "vpa": payment.vpa,
        "status": payment.status.value,
        "created_at": format_instant(payment.created_at),
    }
    if payment.card_network is not None:
        data["card_network"] = payment.card_network
        data["card_last4"] = payment.card_last4
    if payment.error_code is not None:
        data["error_code"] = payment.error_code
        data["error_description"] = payment.error_description
    return data


def refund_data(refund: Refund) -> dict[str, object]:
    """
    The refund as webhooks show it.
    """
    return {
        "id": refund.id,
        "payment_id": refund.payment_id,
        "amount": refund.amount_minor,
        "reason": refund.reason,
        "status": refund.status.value,
        "created_at": format_instant(refund.created_at),
        "processed_at": None
        if refund.processed_at is None
        else format_instant(refund.processed_at),
    }


def webhook_payload(
    event_type: EventType, at: datetime, data: dict[str, object]
) -> dict[str, object]:
    """
    The contract's envelope; `timestamp` is whole Unix seconds.
    """
    return {"event": event_type.value, "timestamp": int(at.timestamp()), "data": data}
