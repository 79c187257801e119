"""
A worker is killed in the middle of a batch and started again.
"""

from conformance.harness import expect
from conformance.harness.channels.outages import Interrupted
from conformance.harness.evidence import Transcript
from conformance.harness.inbox import Inbox
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level


@requirement("PGC-REC-001", source="features N7; reliability P1-P3, L1", level=Level.SAFETY)
async def test_no_payment_is_left_pending(
    interrupted: Interrupted, gateway: Gateway, transcript: Transcript
) -> None:
    """
    After a worker was killed in the middle of a batch and started again, every payment MUST be decided within 90 seconds.
    """
    left = await interrupted.left_pending(gateway, transcript)

    expect.that(not left, f"{len(left)} of {len(interrupted.payment_ids)} payments stay pending")


@requirement("PGC-REC-002", source="features N7; reliability S8, L3", level=Level.SAFETY)
async def test_no_webhook_is_lost(
    interrupted: Interrupted, gateway: Gateway, inbox: Inbox, transcript: Transcript
) -> None:
    """
    After a worker was killed in the middle of a batch and started again, every payment's `payment.success` MUST be delivered.
    """
    await interrupted.left_pending(gateway, transcript)

    missing = await interrupted.unannounced(inbox)

    expect.that(not missing, f"{len(missing)} of {len(interrupted.payment_ids)} never came")


@requirement("PGC-REC-003", source="reliability S5; wild-bugs M12", level=Level.SAFETY)
async def test_decisions_stand(
    interrupted: Interrupted, gateway: Gateway, transcript: Transcript
) -> None:
    """
    A payment that was decided before the worker was killed MUST NOT be decided again.
    """
    await interrupted.left_pending(gateway, transcript)

    changed = await interrupted.changed(gateway)

    expect.that(not changed, f"expected decided payments to stay as they were, got {changed}")


@requirement("PGC-REC-004", source="reliability S9, M6", level=Level.SAFETY)
async def test_repeated_deliveries_are_identical(
    interrupted: Interrupted, gateway: Gateway, inbox: Inbox, transcript: Transcript
) -> None:
    """
    A webhook that a killed worker may have sent already MUST be sent again with the same bytes or not at all.
    """
    await interrupted.left_pending(gateway, transcript)

    torn = await interrupted.announced_differently(inbox)

    expect.that(not torn, f"{len(torn)} payments were announced with different bodies")
