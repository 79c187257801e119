"""
Refunds.
"""

from functools import partial
from typing import Any

import pytest

from conformance.harness import bursts, expect
from conformance.harness.evidence import Transcript
from conformance.harness.requirements import requirement
from conformance.harness.shelf import Shelf
from conformance.harness.target import Gateway, PaymentSeen
from conformance.harness.verdict import Level


@requirement("PGC-REF-001", source="contract 1.5.5")
async def test_refund_is_created_pending(gateway: Gateway) -> None:
    """
    A refund of a successful payment MUST answer 201 with status `pending`.
    """
    payment = await gateway.successful_payment()

    answer = await gateway.refund(payment.id, 10_000, reason="asked for")

    expect.status(answer, 201)
    expect.equal(expect.field(answer, "payment_id"), payment.id, "payment_id")
    expect.equal(expect.field(answer, "amount"), 10_000, "amount")
    expect.equal(expect.field(answer, "status"), "pending", "status")


@requirement("PGC-REF-002", source="contract 1.4")
async def test_refund_id_has_the_form(gateway: Gateway) -> None:
    """
    A refund's id MUST be `rfnd_` followed by exactly 16 alphanumerics.
    """
    payment = await gateway.successful_payment()

    answer = await gateway.refund(payment.id, 10_000)

    expect.status(answer, 201)
    expect.matches(expect.field(answer, "id"), r"rfnd_[A-Za-z0-9]{16}", "id")


@requirement("PGC-REF-003", source="contract 1.5.5", level=Level.SAFETY)
async def test_refund_above_what_is_left_is_refused(gateway: Gateway) -> None:
    """
    A refund that takes the sum of refunds above the payment's amount MUST be refused with 400 BAD_REQUEST_ERROR.

    Boundary: one minor unit above what an earlier pending refund left.
    """
    payment = await gateway.successful_payment(50_000)
    await gateway.refund(payment.id, 40_000)

    answer = await gateway.refund(payment.id, 10_001)

    expect.refusal(answer, 400, "BAD_REQUEST_ERROR")


@requirement("PGC-REF-004", source="contract 1.5.5", level=Level.SAFETY)
@pytest.mark.parametrize(
    "amount",
    [
        pytest.param(0, id="zero"),
        pytest.param(-100, id="negative"),
        pytest.param(10.5, id="fraction"),
        pytest.param("abc", id="word"),
        pytest.param(None, id="null"),
    ],
)
async def test_senseless_refund_amounts_are_refused(
    gateway: Gateway, abused: PaymentSeen, amount: Any
) -> None:
    """
    A refund of zero, of a negative or of a non-integer amount MUST be refused with a 4xx status.
    """
    answer = await gateway.refund(abused.id, amount)

    expect.is_refused(answer)


@requirement("PGC-REF-005", source="contract 1.6")
async def test_refund_is_processed(gateway: Gateway) -> None:
    """
    A refund MUST become `processed` by itself, with `processed_at`.
    """
    payment = await gateway.successful_payment()
    created = await gateway.refund(payment.id, 10_000)

    refund = await gateway.processed_refund(str(expect.field(created, "id")))

    expect.equal(refund.get("status"), "processed", "status")
    expect.instant(refund.get("processed_at"), "processed_at")


@requirement("PGC-REF-006", source="contract 1.5.5; wild-bugs M1", level=Level.SAFETY)
async def test_concurrent_refunds_never_exceed_the_payment(
    gateway: Gateway, shelf: Shelf, transcript: Transcript
) -> None:
    """
    Concurrent refunds MUST NOT together exceed the payment's amount.

    Bursts of refunds of 60 % each over warm connections, several rounds: of each burst exactly one fits.
    """
    make = partial(bursts.refunds, gateway, 30_000)
    rounds = await shelf.once("bursts of refunds of 60 %", transcript, make)

    bursts.expect_accepted(rounds, least=1, most=1, what="refunds of 60 %")
    bursts.expect_one_each(rounds, "refund")


@requirement("PGC-REF-007", source="contract 1.5.5")
async def test_refund_of_unknown_payment_is_not_found(gateway: Gateway) -> None:
    """
    A refund of an unknown payment MUST be refused with 404 NOT_FOUND_ERROR.
    """
    answer = await gateway.refund("pay_zzzzzzzzzzzzzzzz", 100)

    expect.refusal(answer, 404, "NOT_FOUND_ERROR", kind="unknown")
