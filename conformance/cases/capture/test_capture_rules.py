"""
Capture: when it is refused, what it leaves behind.
"""

from typing import Any

import pytest

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway, PaymentSeen
from conformance.harness.verdict import Level


@requirement("PGC-CAP-004", source="contract 1.5.4")
async def test_capture_has_every_member(gateway: Gateway) -> None:
    """
    A capture MUST answer with id, order_id, amount, currency, method, status, captured, created_at and updated_at.
    """
    payment = await gateway.successful_payment()

    answer = await gateway.capture(payment.id, payment.amount_minor)

    expect.status(answer, 200)
    expect.members(answer, ["currency", "method", "status", "captured"])
    expect.fields(answer, {"id": payment.id, "order_id": payment.order_id, "amount": 50_000})
    expect.instant(expect.field(answer, "created_at"), "created_at")
    expect.instant(expect.field(answer, "updated_at"), "updated_at")


@requirement("PGC-CAP-005", source="contract 1.5.4, 1.9")
async def test_capture_is_kept(gateway: Gateway) -> None:
    """
    A captured payment MUST read back with `captured` true and status `success`.
    """
    payment = await gateway.successful_payment()
    captured = await gateway.capture(payment.id, payment.amount_minor)
    expect.precondition(captured, 200)

    answer = await gateway.get("payment", payment_id=payment.id)

    expect.status(answer, 200)
    expect.fields(answer, {"captured": True, "status": "success"})


@requirement("PGC-CAP-006", source="contract 1.5.4", level=Level.SAFETY)
async def test_pending_payment_is_not_captured(gateway: Gateway, undecided: PaymentSeen) -> None:
    """
    The capture of a payment that is still pending MUST be refused with 400 BAD_REQUEST_ERROR.
    """
    answer = await gateway.capture(undecided.id, undecided.amount_minor)

    await gateway.needs_pending_without_clock(undecided.id)
    expect.refusal(answer, 400, "BAD_REQUEST_ERROR")


@requirement("PGC-CAP-007", source="contract 1.3", needs=("decline_vpa",))
async def test_refused_capture_is_described(gateway: Gateway, declined: PaymentSeen) -> None:
    """
    A refused capture MUST be described as "Payment not in capturable state".
    """
    answer = await gateway.capture(declined.id, declined.amount_minor)

    expect.is_refused(answer)
    expect.described(answer, "Payment not in capturable state")


@requirement("PGC-CAP-008", source="contract 1.5.4, 1.14 item 4", level=Level.SAFETY)
async def test_capture_never_takes_more_than_the_payment(
    gateway: Gateway, abused: PaymentSeen
) -> None:
    """
    A capture of more than the payment MUST be refused, or leave the amount as it was abused.
    """
    answer = await gateway.capture(abused.id, abused.amount_minor + 1)

    after = await gateway.get("payment", payment_id=abused.id)
    expect.kept_or_refused(answer, "amount", abused.amount_minor)
    expect.equal(expect.field(after, "amount"), abused.amount_minor, "amount of the payment")


@requirement("PGC-CAP-009", source="contract 1.5.4, 1.14 item 4; wild-bugs M10", level=Level.SAFETY)
async def test_second_capture_changes_nothing(gateway: Gateway) -> None:
    """
    A second capture MUST be refused with 4xx, or answered with the payment as it was captured.
    """
    payment = await gateway.successful_payment()
    await gateway.capture(payment.id, payment.amount_minor)

    again = await gateway.capture(payment.id, payment.amount_minor)

    after = await gateway.get("payment", payment_id=payment.id)
    expect.kept_or_refused(again, "amount", payment.amount_minor)
    expect.fields(after, {"captured": True, "amount": payment.amount_minor})


@requirement("PGC-CAP-010", source="reliability 4 B 21; wild-bugs M65", level=Level.SAFETY)
@pytest.mark.parametrize(
    "amount",
    [
        pytest.param(-1, id="negative"),
        pytest.param(0, id="zero"),
        pytest.param(10.5, id="fraction"),
        pytest.param("abc", id="word"),
        pytest.param(10**30, id="huge"),
    ],
)
async def test_senseless_captures_do_not_count(
    gateway: Gateway, abused: PaymentSeen, amount: Any
) -> None:
    """
    A capture of a senseless amount MUST be refused with 4xx, or leave the amount as it was abused.
    """
    answer = await gateway.capture(abused.id, amount)

    expect.kept_or_refused(answer, "amount", abused.amount_minor)


@requirement("PGC-CAP-011", source="contract 1.5.5")
async def test_captured_payment_can_be_refunded(gateway: Gateway) -> None:
    """
    A captured payment MUST take a refund.
    """
    payment = await gateway.successful_payment()
    captured = await gateway.capture(payment.id, payment.amount_minor)
    expect.precondition(captured, 200)

    answer = await gateway.refund(payment.id, payment.amount_minor)

    expect.status(answer, 201)


@requirement("PGC-CAP-012", source="contract 1.5.4; wild-bugs M7")
async def test_refunded_payment_can_be_captured(gateway: Gateway) -> None:
    """
    A payment with a small pending refund SHOULD still be captured: a refund does not close it.
    """
    payment = await gateway.successful_payment()
    refund = await gateway.refund(payment.id, 100)
    expect.precondition(refund, 201)

    answer = await gateway.capture(payment.id, payment.amount_minor)

    expect.status(answer, 200)
    expect.equal(expect.field(answer, "captured"), True, "captured")
