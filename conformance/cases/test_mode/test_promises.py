"""
What test mode promises about time and outcome.
"""

from conformance.harness import expect
from conformance.harness.clock import monotonic_s
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway

#: TEST_PROCESSING_DELAY is 1 s unless set otherwise; the rest is queue and network.
_WITHIN_S = 4.0


@requirement("PGC-TST-004", source="contract 1.1; wild-bugs M73")
async def test_processing_is_quick(gateway: Gateway) -> None:
    """
    In test mode a payment MUST be decided after TEST_PROCESSING_DELAY, not after the 5 to 10 seconds of normal mode.
    """
    payment = await gateway.pending_payment()
    began_s = monotonic_s()

    await gateway.decided(payment.id)

    took_s = monotonic_s() - began_s
    expect.that(
        took_s < _WITHIN_S, f"expected a decision within {_WITHIN_S:g} s, got {took_s:.1f} s"
    )


@requirement("PGC-TST-005", source="contract 1.1, 1.7; wild-bugs M73")
async def test_outcome_is_fixed(gateway: Gateway) -> None:
    """
    In test mode with TEST_PAYMENT_SUCCESS=true every payment MUST succeed, never nine of ten.
    """
    order_id = await gateway.order()
    made = [await gateway.upi_payment(order_id) for _ in range(20)]

    ended = [await gateway.decided(str(expect.field(answer, "id"))) for answer in made]

    failed = sum(1 for document in ended if document.get("status") != "success")
    expect.that(failed == 0, f"expected 20 payments to succeed, {failed} did not")
