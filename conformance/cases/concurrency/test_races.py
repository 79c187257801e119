"""
Races: bursts over warm connections, five rounds each.
"""

import asyncio
from functools import partial

import pytest

from conformance.harness import bursts, expect
from conformance.harness.channels.bank import BankGates
from conformance.harness.evidence import Transcript
from conformance.harness.requirements import requirement
from conformance.harness.shelf import Shelf
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level


@pytest.fixture
async def refund_rounds(
    gateway: Gateway, shelf: Shelf, transcript: Transcript, bank_gates: BankGates
) -> list[bursts.Round]:
    """
    Bursts of refunds of 60 %: one of each burst fits.
    """
    make = partial(bursts.refunds, gateway, 30_000, gates=bank_gates)
    return await shelf.once("bursts of refunds of 60 %", transcript, make)


@requirement("PGC-CON-001", source="contract 1.5.3; wild-bugs M14, M15", level=Level.SAFETY)
async def test_twins_of_a_request_get_its_answer(
    gateway: Gateway, shelf: Shelf, transcript: Transcript, run_seed: str
) -> None:
    """
    A request whose twin with the same Idempotency-Key is in flight MUST get the payment, or 409 until it is there.
    """
    make = partial(bursts.payments_with_one_key, gateway, run_seed)
    rounds = await shelf.once("bursts of payments with one key", transcript, make)

    bursts.expect_orderly(rounds, "answers to one key")


@requirement("PGC-CON-002", source="contract 1.5.3; wild-bugs M13", level=Level.SAFETY)
async def test_one_key_pays_one_order(gateway: Gateway, run_seed: str) -> None:
    """
    Concurrent requests with one Idempotency-Key for two orders MUST NOT create more than one payment.
    """
    rounds = await bursts.orders_with_one_key(gateway, run_seed)

    bursts.expect_one_each(rounds, "payment")
    bursts.expect_unbroken(rounds)


@requirement("PGC-CON-003", source="contract 1.5.5; wild-bugs M1, M5", level=Level.SAFETY)
async def test_small_concurrent_refunds_never_exceed_the_payment(
    gateway: Gateway, bank_gates: BankGates
) -> None:
    """
    Of concurrent refunds of 40 % each no more than two MUST be accepted.
    """
    rounds = await bursts.refunds(gateway, 20_000, gates=bank_gates)

    bursts.expect_accepted(rounds, least=1, most=2, what="refunds of 40 %")
    bursts.expect_unbroken(rounds)


@requirement("PGC-CON-004", source="contract 1.5.5; wild-bugs M1", level=Level.SAFETY)
async def test_losing_refunds_reserve_nothing(
    gateway: Gateway, refund_rounds: list[bursts.Round]
) -> None:
    """
    After a burst of refunds exactly what is left MUST still be refundable.
    """
    with_rest = bursts.with_one_accepted(refund_rounds)

    rest = [await gateway.refund(one.subject, 20_000) for one in with_rest]

    expect.statuses(rest, [201], "refunds of the rest")


@requirement("PGC-CON-005", source="contract 1.5.4; features N6", level=Level.SAFETY)
async def test_concurrent_captures_agree(gateway: Gateway) -> None:
    """
    Concurrent captures of one payment MUST each be answered with 200 or a 4xx refusal, one at least with 200.
    """
    rounds = await bursts.captures(gateway)

    bursts.expect_unbroken(rounds)
    bursts.expect_accepted(rounds, least=1, most=bursts.SIZE, what="captures")


@requirement("PGC-CON-006", source="reliability 4 B 32; features N6", level=Level.SAFETY)
async def test_captures_and_refunds_do_not_mix_up(gateway: Gateway, bank_gates: BankGates) -> None:
    """
    Captures beside refunds of 60 % MUST NOT let a second refund through.
    """
    rounds = await bursts.refunds(gateway, 30_000, gates=bank_gates, with_captures=True)

    bursts.expect_unbroken(rounds)
    refunds = [bursts.Round(r.subject, bursts.about_refunds(r.answers)) for r in rounds]
    bursts.expect_accepted(refunds, least=1, most=1, what="refunds of 60 %")


@requirement(
    "PGC-CON-007", source="conventions 4.2", needs=("idempotent_writes",), level=Level.EXTENSION
)
async def test_concurrent_refunds_with_one_key_make_one_refund(
    gateway: Gateway, bank_gates: BankGates, run_seed: str
) -> None:
    """
    Concurrent refunds with one Idempotency-Key SHOULD make one refund.
    """
    rounds = await bursts.refunds(gateway, 10_000, gates=bank_gates, keys=f"con-007-{run_seed}")

    bursts.expect_one_each(rounds, "refund")
    bursts.expect_orderly(rounds, "answers to one key")


@requirement("PGC-CON-008", source="reliability 2.3 L7", level=Level.SAFETY)
async def test_payments_do_not_stand_in_each_others_way(gateway: Gateway) -> None:
    """
    Concurrent refunds of different payments MUST all be accepted.
    """
    payments = await gateway.successful_payments(bursts.SIZE)

    answers = await gateway.together(*(gateway.refund(p.id, 50_000) for p in payments))

    expect.statuses(answers, [201], "refunds of different payments")
    expect.equal(len(answers), bursts.SIZE, "number of answers")


@requirement("PGC-CON-009", source="contract 1.5.3; wild-bugs M21", level=Level.SAFETY)
async def test_refusals_leave_nothing_open(gateway: Gateway, run_seed: str) -> None:
    """
    After many refused requests with Idempotency-Keys the gateway MUST still create payments.
    """
    order_id = await gateway.order()
    keys = [f"con-009-{run_seed}-{number}" for number in range(24)]
    wrong = (gateway.upi_payment(order_id, vpa="no-handle", key=key) for key in keys)
    refused = await asyncio.gather(*wrong)

    orders = await asyncio.gather(*(gateway.order() for _ in range(bursts.SIZE)))
    created = await asyncio.gather(*(gateway.upi_payment(order_id) for order_id in orders))

    expect.precondition_statuses(refused, range(400, 500), "refusals")
    expect.statuses(created, [201], "payments after the refusals")
