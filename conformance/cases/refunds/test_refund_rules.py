"""
Refunds: amounts that fit and that do not, states, what is kept.
"""

import asyncio
from typing import Any

import pytest

from conformance.harness import expect
from conformance.harness.evidence import Transcript
from conformance.harness.requirements import requirement
from conformance.harness.shelf import Shelf
from conformance.harness.target import Gateway, PaymentSeen, RefundSeen
from conformance.harness.verdict import Level


@pytest.fixture
async def refunded(gateway: Gateway, shelf: Shelf, transcript: Transcript) -> RefundSeen:
    """
    A payment of 50 000 of which 20 000 were given back; no case changes it.
    """
    return await shelf.once("a processed refund", transcript, gateway.refunded_payment)


@requirement("PGC-REF-008", source="contract 1.3")
async def test_refused_refund_is_described(gateway: Gateway, paid: PaymentSeen) -> None:
    """
    A refund above what is left MUST be described as "Refund amount exceeds available amount".
    """
    answer = await gateway.refund(paid.id, paid.amount_minor + 1)

    expect.is_refused(answer)
    expect.described(answer, "Refund amount exceeds available amount")


@requirement("PGC-REF-009", source="contract 1.5.5", level=Level.SAFETY)
async def test_pending_payment_is_not_refunded(gateway: Gateway, undecided: PaymentSeen) -> None:
    """
    The refund of a payment that is still pending MUST be refused with 400 BAD_REQUEST_ERROR.
    """
    answer = await gateway.refund(undecided.id, 100)

    await gateway.needs_pending_without_clock(undecided.id)
    expect.refusal(answer, 400, "BAD_REQUEST_ERROR")


@requirement("PGC-REF-010", source="contract 1.5.5", needs=("decline_vpa",), level=Level.SAFETY)
async def test_failed_payment_is_not_refunded(gateway: Gateway, declined: PaymentSeen) -> None:
    """
    The refund of a failed payment MUST be refused with 400 BAD_REQUEST_ERROR.
    """
    answer = await gateway.refund(declined.id, 100)

    expect.refusal(answer, 400, "BAD_REQUEST_ERROR")


@requirement("PGC-REF-011", source="contract 1.5 row 14; wild-bugs M58")
async def test_refund_reads_back(gateway: Gateway, refunded: RefundSeen) -> None:
    """
    GET /refunds/{id} MUST answer 200 with the refund's payment, amount and reason.
    """
    answer = await gateway.get("refund", refund_id=refunded.refund_id)

    expect.status(answer, 200)
    expect.fields(
        answer,
        {
            "id": refunded.refund_id,
            "payment_id": refunded.payment_id,
            "amount": 20_000,
            "reason": "asked for",
        },
    )


@requirement("PGC-REF-012", source="contract 1.3")
async def test_unknown_refund_is_not_found(gateway: Gateway) -> None:
    """
    GET /refunds/{id} of an unknown refund MUST answer 404 NOT_FOUND_ERROR.
    """
    answer = await gateway.get("refund", refund_id="rfnd_zzzzzzzzzzzzzzzz")

    expect.refusal(answer, 404, "NOT_FOUND_ERROR", kind="unknown")


@requirement("PGC-REF-013", source="contract 1.5.5; wild-bugs M7")
async def test_exactly_what_is_left_is_refunded(gateway: Gateway) -> None:
    """
    After a processed partial refund, a refund of exactly the rest MUST be accepted.
    """
    seen = await gateway.refunded_payment()

    answer = await gateway.refund(seen.payment_id, 30_000)

    expect.status(answer, 201)


@requirement("PGC-REF-014", source="contract 1.5.5; wild-bugs M5", level=Level.SAFETY)
async def test_processed_refunds_count(gateway: Gateway, refunded: RefundSeen) -> None:
    """
    A refund above what processed refunds left MUST be refused with 400 BAD_REQUEST_ERROR.

    Boundary: one minor unit above the rest.
    """
    answer = await gateway.refund(refunded.payment_id, 30_001)

    expect.refusal(answer, 400, "BAD_REQUEST_ERROR")


@requirement("PGC-REF-015", source="contract 1.5.5; wild-bugs M5", level=Level.SAFETY)
async def test_every_earlier_refund_counts(gateway: Gateway) -> None:
    """
    A refund above what several earlier refunds left MUST be refused with 400 BAD_REQUEST_ERROR.
    """
    payment = await gateway.successful_payment()
    earlier = [await gateway.refund(payment.id, 15_000) for _ in range(3)]

    answer = await gateway.refund(payment.id, 5_001)

    expect.statuses(earlier, [201], "refunds within the amount")
    expect.refusal(answer, 400, "BAD_REQUEST_ERROR")


@requirement("PGC-REF-016", source="contract 1.5.5")
async def test_whole_payment_is_refunded(gateway: Gateway) -> None:
    """
    A refund of the whole amount MUST be accepted, and nothing can be refunded after it.
    """
    payment = await gateway.successful_payment()

    whole = await gateway.refund(payment.id, payment.amount_minor)
    more = await gateway.refund(payment.id, 1)

    expect.status(whole, 201)
    expect.refusal(more, 400, "BAD_REQUEST_ERROR")


@requirement("PGC-REF-017", source="contract 1.5.5", level=Level.SAFETY)
async def test_first_refund_above_the_payment_is_refused(
    gateway: Gateway, paid: PaymentSeen
) -> None:
    """
    A first refund above the payment's amount MUST be refused with 400 BAD_REQUEST_ERROR.
    """
    answer = await gateway.refund(paid.id, paid.amount_minor + 1)

    expect.refusal(answer, 400, "BAD_REQUEST_ERROR")


@requirement("PGC-REF-018", source="contract 1.5.5; wild-bugs M21")
async def test_refused_refund_reserves_nothing(gateway: Gateway) -> None:
    """
    A refund that was refused MUST NOT take anything from what can be refunded.
    """
    payment = await gateway.successful_payment()
    refused = await gateway.refund(payment.id, payment.amount_minor + 1)

    answer = await gateway.refund(payment.id, payment.amount_minor)

    expect.is_refused(refused)
    expect.status(answer, 201)


@requirement("PGC-REF-019", source="contract 1.5.5; wild-bugs M75")
async def test_processing_takes_time(gateway: Gateway, refunded: RefundSeen) -> None:
    """
    A refund's `processed_at` MUST be the instant of its processing, after `created_at`.
    """
    answer = await gateway.get("refund", refund_id=refunded.refund_id)

    expect.status(answer, 200)
    created = expect.field(answer, "created_at")
    expect.later(expect.field(answer, "processed_at"), created, "processed_at")


@requirement("PGC-REF-020", source="reliability 4 B 24; wild-bugs M65", level=Level.SAFETY)
async def test_huge_refunds_are_refused(gateway: Gateway, paid: PaymentSeen) -> None:
    """
    A refund of more than any payment can have MUST be refused with a 4xx status.
    """
    huge = [2**31, 2**53, 2**63, 10**30]

    answers = await asyncio.gather(*(gateway.refund(paid.id, amount) for amount in huge))

    expect.statuses(answers, range(400, 500), "refusals")


@requirement("PGC-REF-021", source="contract 1.5.5", level=Level.SAFETY)
@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="missing"),
        pytest.param({"amount": True}, id="boolean"),
        pytest.param({"amount": [100]}, id="array"),
        pytest.param({"amount": {"$gt": 0}}, id="object"),
        pytest.param({"amount": ""}, id="empty-text"),
    ],
)
async def test_refund_needs_an_amount(
    gateway: Gateway, abused: PaymentSeen, body: dict[str, Any]
) -> None:
    """
    A refund without an amount that is a number MUST be refused with a 4xx status.
    """
    answer = await gateway.post("refunds", body, payment_id=abused.id)

    expect.is_refused(answer)


@requirement("PGC-REF-022", source="reliability 4 B 22", level=Level.SAFETY)
async def test_refund_amounts_as_text_are_refused(gateway: Gateway, abused: PaymentSeen) -> None:
    """
    A refund amount that is text SHOULD be refused with a 4xx status, not read somehow.
    """
    texts = ["600", " 600 ", "6e2", "6_00"]

    answers = await asyncio.gather(*(gateway.refund(abused.id, amount) for amount in texts))

    expect.statuses(answers, range(400, 500), "refusals")


@requirement("PGC-REF-023", source="reliability 4 A 16", level=Level.SAFETY)
async def test_caller_does_not_set_the_refund(gateway: Gateway) -> None:
    """
    The id, payment, status and times of a refund MUST NOT be set by the caller.
    """
    payment = await gateway.successful_payment()
    forged = {
        "id": "rfnd_AAAAAAAAAAAAAAAA",
        "status": "processed",
        "processed_at": "2001-01-01T00:00:00Z",
        "created_at": "2001-01-01T00:00:00Z",
    }

    answer = await gateway.refund(payment.id, 100, **forged)

    expect.kept_or_refused(answer, "amount", 100, kept=201)
    expect.ignored_or_refused(answer, forged)


@requirement("PGC-REF-024", source="contract 1.5.5")
async def test_created_refund_has_every_member(refunded: RefundSeen) -> None:
    """
    A created refund MUST show id, payment_id, amount, reason, status and created_at.
    """
    names = {"id", "payment_id", "amount", "reason", "status", "created_at"}

    missing = sorted(names - set(refunded.created))

    expect.that(not missing, f"expected the members {missing}, got {dict(refunded.created)}")
    expect.instant(refunded.created["created_at"], "created_at")


@requirement("PGC-REF-025", source="contract 1.5.5, 1.6; wild-bugs M6")
async def test_payment_keeps_its_success_while_money_goes_back(
    gateway: Gateway, refunded: RefundSeen
) -> None:
    """
    A payment that was refunded in part MUST NOT read as pending, failed or wholly refunded.
    """
    answer = await gateway.get("payment", payment_id=refunded.payment_id)

    expect.status(answer, 200)
    status = expect.field(answer, "status")
    allowed = ("success", "partially_refunded")
    expect.that(status in allowed, f"expected status {' or '.join(allowed)}, got {status!r}")


@requirement(
    "PGC-REF-026", source="conventions 4.2", needs=("idempotent_writes",), level=Level.EXTENSION
)
async def test_refund_with_a_key_is_made_once(gateway: Gateway, run_seed: str) -> None:
    """
    A refund repeated with its Idempotency-Key SHOULD be the same refund.
    """
    payment = await gateway.successful_payment()
    first = await gateway.refund(payment.id, 20_000, key=f"ref-026-{run_seed}")

    again = await gateway.refund(payment.id, 20_000, key=f"ref-026-{run_seed}")
    rest = await gateway.refund(payment.id, 30_000)

    expect.status(again, 201, kind="replay")
    expect.equal(expect.field(again, "id"), expect.field(first, "id"), "id of the replay")
    expect.status(rest, 201)
