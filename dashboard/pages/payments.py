"""
Transactions, one payment with its time-line, and what can be done to it.
"""

import asyncio
from typing import Any, Final

from quart import Blueprint, url_for

from dashboard.frame import act, bank, gateway, merchant_id, refuse, show, wanted
from dashboard.gateway import offered
from dashboard.gathering import story_of
from dashboard.money import money, typed
from dashboard.rng import token
from dashboard.session import checked_form, logged_in
from dashboard.timeline import LANES
from sdk.python.client import Document

payments = Blueprint("payments", __name__)
STATUSES: Final = ("pending", "success", "failed", "voided")
METHODS: Final = ("upi", "card", "netbanking")
_CHOICES: Final = {"status": STATUSES, "method": METHODS, "order_id": None}
_REFUNDS: Final = 100
_REASON_LENGTH: Final = 200


@payments.get("/dashboard/transactions")
@logged_in
async def list_payments() -> str:
    """
    Payments, newest first.
    """
    asked = wanted(_CHOICES, days=True)
    page = await gateway().list_page("payments", **asked.query())
    return await show(
        "transactions.html", page=page, filters=asked.filters, statuses=STATUSES, methods=METHODS
    )


def _amounts(payment: Document) -> dict[str, int]:
    """
    What can still be captured and refunded; the gateway has the last word.
    """
    captured = payment.get("amount_captured")
    paid = captured if isinstance(captured, int) and payment.get("captured") else payment["amount"]
    return {
        "refundable": max(0, paid - payment["amount_refunded"]),
        "capturable": payment["amount"],
    }


def _possible(payment: Document) -> set[str]:
    if payment["status"] != "success":
        return set()
    is_held = payment.get("capture_method") == "manual" and not payment["captured"]
    if is_held:
        return {"capture", "void"}
    left = _amounts(payment)["refundable"]
    return ({"refund"} if left else set()) | (set() if payment["captured"] else {"capture"})


@payments.get("/dashboard/payments/<payment_id>")
@logged_in
async def show_payment(payment_id: str) -> str:
    """
    One payment: what it is, what can be done, and everything that happened.
    """
    payment, page, clock = await asyncio.gather(
        gateway().get_payment(payment_id),
        gateway().list_page("refunds", limit=_REFUNDS, payment_id=payment_id),
        offered(gateway().get_test_clock(), "the test clock"),
    )
    refunds = page["data"]
    ours = await merchant_id() if bank().is_configured else "default"
    story = await story_of(gateway(), bank(), ours, payment, refunds)
    return await show(
        "payment.html",
        payment=payment,
        refunds=refunds,
        story=story,
        lanes=LANES,
        clock=clock.document,
        possible=_possible(payment),
        key=token(),
        **_amounts(payment),
    )


async def _amount(payment_id: str, form: dict[str, str]) -> tuple[int, str]:
    """
    What was typed, in minor units of the payment's currency.  Raises `ValueError`.
    """
    currency = str((await gateway().get_payment(payment_id))["currency"])
    return typed(form.get("amount", ""), currency), currency


@payments.post("/dashboard/payments/<payment_id>/refund")
@logged_in
async def refund(payment_id: str) -> Any:
    """
    Give money back; a form that is sent twice is one refund.
    """
    form = await checked_form()
    target = url_for("payments.show_payment", payment_id=payment_id)
    try:
        amount, currency = await _amount(payment_id, form)
    except ValueError as error:
        return refuse(str(error), target)
    reason = form.get("reason", "").strip()[:_REASON_LENGTH] or None
    action = gateway().create_refund(
        payment_id, amount, reason=reason, idempotency_key=form.get("key") or None
    )
    return await act(action, f"Refund of {money(amount, currency)} created.", target)


@payments.post("/dashboard/payments/<payment_id>/capture")
@logged_in
async def capture(payment_id: str) -> Any:
    """
    Take the money that is held.
    """
    form = await checked_form()
    target = url_for("payments.show_payment", payment_id=payment_id)
    try:
        amount, currency = await _amount(payment_id, form)
    except ValueError as error:
        return refuse(str(error), target)
    key = form.get("key") or None
    action = gateway().capture_payment(payment_id, amount, idempotency_key=key)
    return await act(action, f"Captured {money(amount, currency)}.", target)


@payments.post("/dashboard/payments/<payment_id>/void")
@logged_in
async def void(payment_id: str) -> Any:
    """
    Let the hold go.
    """
    form = await checked_form()
    target = url_for("payments.show_payment", payment_id=payment_id)
    action = gateway().void_payment(payment_id, idempotency_key=form.get("key") or None)
    return await act(action, "The hold was released.", target)
