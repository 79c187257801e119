"""
When a webhook is tried again, and when no more.
"""

from conformance.harness import expect
from conformance.harness.channels.log import the_row_answered
from conformance.harness.channels.retrying import (
    EXHAUSTED_STATUS,
    PRODUCTION_DELAYS_S,
    RECOVERED_STATUS,
    TEST_DELAYS_S,
    RetryScene,
)
from conformance.harness.channels.signing import diagnosed
from conformance.harness.evidence import Transcript
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level


@requirement("PGC-WHK-012", source="contract 1.7; wild-bugs M28", needs=("test_retry_schedule",))
async def test_failed_delivery_is_tried_again(retries: RetryScene, transcript: Transcript) -> None:
    """
    A webhook that was answered 500 MUST be sent again with the same bytes, five seconds later in test mode.
    """
    subject = retries.subject("500", transcript)

    subject.check_gaps(TEST_DELAYS_S[:1])

    first, second = (seen.call.body for seen in subject.attempts[:2])
    expect.that(first == second, "expected the same bytes on both attempts")


@requirement("PGC-RTY-001", source="contract 1.7; wild-bugs M25", needs=("test_retry_schedule",))
async def test_schedule_of_test_mode(retries: RetryScene, transcript: Transcript) -> None:
    """
    With WEBHOOK_RETRY_INTERVALS_TEST=true attempts MUST come 0, 5, 10, 15 and 20 seconds after the failure before.
    """
    retries.subject("exhausted", transcript).check_gaps(TEST_DELAYS_S)


@requirement("PGC-RTY-002", source="contract 1.7; wild-bugs M25", needs=("clock",))
async def test_schedule_of_production(production: RetryScene, transcript: Transcript) -> None:
    """
    With WEBHOOK_RETRY_INTERVALS_TEST=false attempts MUST come 0, 60, 300, 1800 and 7200 seconds after the failure before.
    """
    subject = production.subject("exhausted", transcript)

    subject.check_passed_on(TEST_DELAYS_S)
    subject.check_gaps(PRODUCTION_DELAYS_S)


@requirement("PGC-RTY-003", source="contract 1.7; wild-bugs M39", needs=("test_retry_schedule",))
async def test_five_attempts_are_made(retries: RetryScene, transcript: Transcript) -> None:
    """
    A webhook that is never taken MUST be attempted five times and no more.
    """
    subject = retries.subject("exhausted", transcript)

    expect.equal(len(subject.attempts), 5, "the number of attempts")


@requirement("PGC-RTY-004", source="contract 1.8; conventions 4.0", level=Level.SAFETY)
async def test_every_attempt_has_the_same_bytes(
    retries: RetryScene, transcript: Transcript
) -> None:
    """
    Every attempt of a webhook MUST carry the same body, byte for byte.
    """
    subject = retries.subject("exhausted", transcript).with_retries()

    bodies = {seen.call.body for seen in subject.attempts}

    expect.that(len(bodies) == 1, f"expected one body, got {len(bodies)} different ones")


@requirement("PGC-RTY-005", source="contract 1.8", level=Level.SAFETY)
async def test_every_attempt_is_signed(
    retries: RetryScene, transcript: Transcript, gateway: Gateway
) -> None:
    """
    Every attempt of a webhook MUST carry a signature that verifies over its raw bytes.
    """
    subject = retries.subject("exhausted", transcript).with_retries()

    found = [diagnosed(seen.call, gateway.profile, transcript) for seen in subject.attempts]

    wrong = [diagnosis.sentence for diagnosis in found if not diagnosis.valid]
    expect.that(not wrong, f"{len(wrong)} of {len(found)} do not verify: {wrong[:1]}")


@requirement("PGC-RTY-006", source="contract 1.6; wild-bugs M30")
async def test_status_while_attempts_remain(retries: RetryScene) -> None:
    """
    While attempts remain the log MUST say `pending`, not `failed`.
    """
    row = the_row_answered(retries.first_rows, EXHAUSTED_STATUS)

    row.check({"status": "pending"})
    attempts = expect.integer(row.field("attempts"), "attempts of the log's row")
    expect.that(1 <= attempts < 5, f"expected 1 to 4 attempts so far, got {attempts}")


@requirement("PGC-RTY-007", source="contract 1.6", needs=("test_retry_schedule",))
async def test_status_after_the_last_attempt(retries: RetryScene) -> None:
    """
    After the fifth failed attempt the log MUST say `failed`, 5 attempts and the last response code.
    """
    row = the_row_answered(retries.last_rows, EXHAUSTED_STATUS)

    row.check({"status": "failed", "attempts": 5, "response_code": EXHAUSTED_STATUS})


@requirement("PGC-RTY-008", source="contract 1.6", needs=("test_retry_schedule",))
async def test_success_ends_the_attempts(retries: RetryScene, transcript: Transcript) -> None:
    """
    A webhook that is taken at the third attempt MUST be `success` with 3 attempts, and be sent no more.
    """
    subject = retries.subject("recovers", transcript)

    expect.equal(len(subject.attempts), 3, "the number of attempts")
    row = the_row_answered(retries.last_rows, RECOVERED_STATUS)
    row.check({"status": "success", "attempts": 3})


@requirement("PGC-RTY-009", source="contract 1.7; wild-bugs M29", level=Level.SAFETY)
async def test_no_attempt_is_made_twice(retries: RetryScene, transcript: Transcript) -> None:
    """
    A retry that is due MUST be sent once, however often the target looks for due retries.
    """
    subject = retries.subject("500", transcript).with_retries()

    expect.equal(len(subject.attempts), 2, "the number of deliveries, one failed and one taken")
