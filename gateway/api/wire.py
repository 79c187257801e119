"""
Between domain objects and the contract's words.  Source: contract 1.5.
"""

from datetime import datetime
from typing import Final

from gateway.domain.instants import format_instant
from gateway.domain.merchant import Behaviour, Merchant
from gateway.domain.order import Order
from gateway.domain.payment import Payment, PaymentStatus
from gateway.domain.refund import Refund

Document = dict[str, object]


def order_document(order: Order, *, with_update: bool) -> Document:
    """
    An order for its merchant.
    """
    document: Document = {
        "id": order.id,
        "merchant_id": str(order.merchant_id),
        "amount": order.amount_minor,
        "currency": order.currency,
        "receipt": order.receipt,
        "notes": order.notes if order.notes is not None else {},
        "status": order.status.value,
        "created_at": format_instant(order.created_at),
    }
    if with_update:
        document["updated_at"] = format_instant(order.updated_at)
    return document


def public_order_document(order: Order, merchant: Merchant) -> Document:
    """
    What anyone who knows the id may see; the origins only when the merchant named some.
    """
    document: Document = {
        "id": order.id,
        "amount": order.amount_minor,
        "currency": order.currency,
        "status": order.status.value,
    }
    if merchant.checkout_origins:
        document["checkout_origins"] = list(merchant.checkout_origins)
    return document


def _instrument(payment: Payment) -> Document:
    if payment.method == "card":
        return {"card_network": payment.card_network, "card_last4": payment.card_last4}
    if payment.method == "upi":
        return {"vpa": payment.vpa}
    return {"bank_code": payment.bank_instrument.get("bank_code")}


def new_payment_document(payment: Payment) -> Document:
    """
    The answer to a created payment.
    """
    return {
        "id": payment.id,
        "order_id": payment.order_id,
        "amount": payment.amount_minor,
        "currency": payment.currency,
        "method": payment.method,
        **_instrument(payment),
        "status": payment.status.value,
        "created_at": format_instant(payment.created_at),
    }


def payment_document(payment: Payment) -> Document:
    """
    A payment for its merchant.
    """
    document: Document = {
        **new_payment_document(payment),
        "captured": payment.captured,
        "capture_method": payment.capture_method.value,
        "amount_authorised": payment.authorised_minor,
        "amount_captured": payment.paid_minor,
        "amount_refunded": payment.refunded_minor,
        "error_code": payment.error_code,
        "error_description": payment.error_description,
        "updated_at": format_instant(payment.updated_at),
    }
    if payment.decline_code is not None:
        document["decline_code"] = payment.decline_code
    if payment.test_trigger is not None:
        document["test_trigger"] = payment.test_trigger
    return {**document, **_next_action(payment)}


def _next_action(payment: Payment) -> Document:
    if payment.next_action_url is None:
        return {}
    return {"next_action": {"type": "redirect", "url": payment.next_action_url}}


#: A payment that is not older than these milliseconds should be looked at again after those; later the contract's 2 s are soon enough.
_LOOK_AGAIN_MS: Final = ((300, 300), (1_000, 500), (2_500, 1_000))


def _look_again(payment: Payment, now: datetime) -> Document:
    """
    When the page should poll again: most banks answer at once, and a payer who waits sees every second.  Nothing on a test clock that is elsewhere.
    """
    age_ms = (now - payment.created_at).total_seconds() * 1000
    hint = next((wait for below, wait in _LOOK_AGAIN_MS if 0 <= age_ms <= below), None)
    return {} if hint is None else {"retry_after_ms": hint}


def new_public_payment_document(payment: Payment) -> Document:
    """
    A payment for the payer who just made it.
    """
    return public_payment_document(payment, now=payment.created_at)


def public_payment_document(payment: Payment, *, now: datetime) -> Document:
    """
    What the checkout page may see: no merchant, no receipt, no ledger.
    """
    pending = payment.status is PaymentStatus.PENDING
    return {
        "id": payment.id,
        "order_id": payment.order_id,
        "amount": payment.amount_minor,
        "currency": payment.currency,
        "method": payment.method,
        "status": payment.status.value,
        "error_code": payment.error_code,
        "error_description": payment.error_description,
        "created_at": format_instant(payment.created_at),
        **_next_action(payment),
        **(_look_again(payment, now) if pending else {}),
    }


def captured_document(payment: Payment) -> Document:
    """
    The answer to a capture (contract 1.5.4).
    """
    return {
        "id": payment.id,
        "order_id": payment.order_id,
        "amount": payment.paid_minor,
        "currency": payment.currency,
        "method": payment.method,
        "status": payment.status.value,
        "captured": payment.captured,
        "created_at": format_instant(payment.created_at),
        "updated_at": format_instant(payment.updated_at),
    }


def refund_document(refund: Refund, *, with_processing: bool) -> Document:
    """
    A refund; `processed_at` is shown by GET only (contract 1.5.5).
    """
    document: Document = {
        "id": refund.id,
        "payment_id": refund.payment_id,
        "amount": refund.amount_minor,
        "reason": refund.reason,
        "status": refund.status.value,
        "created_at": format_instant(refund.created_at),
    }
    if with_processing:
        document["processed_at"] = (
            None if refund.processed_at is None else format_instant(refund.processed_at)
        )
    return document


def test_merchant_document(merchant: Merchant) -> Document:
    """
    The seeded merchant for anyone; no secret (contract 1.5, row 2).
    """
    return {
        "id": str(merchant.id),
        "email": merchant.email,
        "api_key": merchant.api_key,
        "seeded": True,
    }


def is_strict(merchant: Merchant) -> bool:
    """
    Whether the merchant chose the strict profile.
    """
    return merchant.behaviour is Behaviour.STRICT
