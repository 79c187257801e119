"""
Capture.
"""

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway


@requirement("PGC-CAP-001", source="contract 1.5.4")
async def test_successful_payment_is_captured(gateway: Gateway) -> None:
    """
    The capture of a successful payment MUST answer 200 with `captured` true.
    """
    payment = await gateway.successful_payment()

    answer = await gateway.capture(payment.id, payment.amount_minor)

    expect.status(answer, 200)
    expect.equal(expect.field(answer, "captured"), True, "captured")
    expect.equal(expect.field(answer, "status"), "success", "status")


@requirement("PGC-CAP-002", source="contract 1.5.4", needs=("decline_vpa",))
async def test_failed_payment_is_not_captured(gateway: Gateway) -> None:
    """
    The capture of a failed payment MUST be refused with 400 BAD_REQUEST_ERROR.
    """
    payment = await gateway.pending_payment(vpa="failure@bank")
    await gateway.decided(payment.id)

    answer = await gateway.capture(payment.id, payment.amount_minor)

    expect.refusal(answer, 400, "BAD_REQUEST_ERROR")


@requirement("PGC-CAP-003", source="contract 1.2")
async def test_capture_of_unknown_payment_is_not_found(gateway: Gateway) -> None:
    """
    The capture of an unknown payment MUST be refused with 404 NOT_FOUND_ERROR.
    """
    answer = await gateway.capture("pay_zzzzzzzzzzzzzzzz", 100)

    expect.refusal(answer, 404, "NOT_FOUND_ERROR", kind="unknown")
