"""
Holds, our extension: payments with `capture_method` manual are captured in part or voided.  Needs `void`.
"""

import asyncio

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level

HOLDS = ("void",)


@requirement("PGC-VOI-001", source="style-guide 7", needs=HOLDS, level=Level.EXTENSION)
async def test_hold_is_voided(gateway: Gateway) -> None:
    """
    The void of an uncaptured hold SHOULD answer 200 with status `voided`.
    """
    payment_id = await gateway.held_payment()

    answer = await gateway.post("void", {}, payment_id=payment_id)

    expect.status(answer, 200)
    expect.fields(answer, {"id": payment_id, "status": "voided"})


@requirement("PGC-VOI-002", source="style-guide 7", needs=HOLDS, level=Level.EXTENSION)
async def test_captured_hold_is_not_voided(gateway: Gateway) -> None:
    """
    The void of a captured payment SHOULD be refused with a 4xx status: its money goes back by refund.
    """
    payment_id = await gateway.held_payment()
    captured = await gateway.capture(payment_id, 50_000)
    expect.precondition(captured, 200)

    answer = await gateway.post("void", {}, payment_id=payment_id)

    expect.is_refused(answer)


@requirement("PGC-VOI-003", source="style-guide 7", needs=HOLDS, level=Level.EXTENSION)
async def test_voided_hold_moves_no_money(gateway: Gateway) -> None:
    """
    A voided payment SHOULD NOT be captured or refunded.
    """
    payment_id = await gateway.held_payment()
    voided = await gateway.post("void", {}, payment_id=payment_id)
    expect.precondition(voided, 200)

    captured = await gateway.capture(payment_id, 50_000)
    refunded = await gateway.refund(payment_id, 100)

    expect.is_refused(captured)
    expect.is_refused(refunded)


@requirement("PGC-VOI-004", source="conventions 4.4", needs=HOLDS, level=Level.EXTENSION)
async def test_hold_is_captured_in_part(gateway: Gateway) -> None:
    """
    A hold SHOULD be captured in part, and then only that part can be refunded.
    """
    payment_id = await gateway.held_payment()

    captured = await gateway.capture(payment_id, 30_000)
    above = await gateway.refund(payment_id, 30_001)
    exact = await gateway.refund(payment_id, 30_000)

    expect.status(captured, 200)
    expect.equal(expect.field(captured, "amount"), 30_000, "amount of the capture")
    expect.is_refused(above)
    expect.status(exact, 201)


@requirement("PGC-VOI-005", source="conventions 4.4", needs=HOLDS, level=Level.EXTENSION)
async def test_hold_is_not_captured_above_itself(gateway: Gateway) -> None:
    """
    A capture above the hold SHOULD be refused with a 4xx status.
    """
    payment_id = await gateway.held_payment()

    answer = await gateway.capture(payment_id, 50_001)

    expect.is_refused(answer)


@requirement("PGC-VOI-006", source="features N6", needs=HOLDS, level=Level.EXTENSION)
async def test_capture_and_void_exclude_each_other(gateway: Gateway) -> None:
    """
    Of a capture and a void at the same moment exactly one SHOULD succeed.

    Five holds, both requests released by one barrier each time.
    """
    holds = await asyncio.gather(*(gateway.held_payment() for _ in range(5)))

    rounds = [
        await gateway.together(
            gateway.capture(payment_id, 50_000), gateway.post("void", {}, payment_id=payment_id)
        )
        for payment_id in holds
    ]

    won = [sum(answer.status == 200 for answer in answers) for answers in rounds]
    expect.equal(won, [1] * 5, "successes in each round")
