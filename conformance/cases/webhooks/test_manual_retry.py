"""
A person asks for a webhook again.
"""

from conformance.cases.webhooks.taken import precondition_taken
from conformance.harness import expect
from conformance.harness.channels.log import WebhookLog
from conformance.harness.channels.redelivered import Redelivered
from conformance.harness.evidence import Transcript
from conformance.harness.requirements import requirement
from conformance.harness.verdict import Level

_NOBODY = "00000000-0000-4000-8000-000000000000"


@requirement("PGC-WHK-034", source="contract 1.5 row 16")
async def test_retry_is_acknowledged(redelivered: Redelivered) -> None:
    """
    POST /webhooks/{id}/retry MUST answer 200 with the id, the status `pending` and the message `Webhook retry scheduled`.
    """
    answer = redelivered.answer

    expect.status(answer, 200)
    wanted = {
        "id": redelivered.before.id,
        "status": "pending",
        "message": "Webhook retry scheduled",
    }
    expect.fields(answer, wanted)


@requirement("PGC-WHK-035", source="contract 1.5.6, 1.8", level=Level.SAFETY)
async def test_retry_sends_the_same_bytes(redelivered: Redelivered, transcript: Transcript) -> None:
    """
    A webhook that is asked for again SHOULD arrive again with the same bytes.
    """
    first, again = redelivered.arrivals(transcript, at_least=2)[:2]

    expect.that(first.body == again.body, "expected the same bytes from a manual retry")


@requirement("PGC-WHK-036", source="contract 1.5.6; conventions 4.0")
async def test_retry_counts_attempts_anew(redelivered: Redelivered) -> None:
    """
    A manual retry MUST count attempts from 0 again: after one successful attempt the log says 1 and `success`.
    """
    precondition_taken(redelivered.deliveries)

    redelivered.after.check({"attempts": 1, "status": "success"})


@requirement("PGC-WHK-037", source="contract 1.14 item 11; wild-bugs M32")
async def test_retry_makes_no_further_row(redelivered: Redelivered) -> None:
    """
    A manual retry MUST NOT make another row in the log.
    """
    expect.equal(redelivered.total_after, redelivered.total_before, "the number of deliveries")


@requirement("PGC-WHK-038", source="contract 1.7", level=Level.SAFETY)
async def test_retry_sends_once(redelivered: Redelivered, transcript: Transcript) -> None:
    """
    A manual retry that is taken MUST NOT cause more than one further delivery.
    """
    precondition_taken(redelivered.deliveries)

    found = redelivered.arrivals(transcript, at_least=2)

    expect.that(len(found) == 2, f"expected two deliveries in all, got {len(found)}")


@requirement("PGC-WHK-039", source="contract 1.3")
async def test_retry_of_an_unknown_delivery(log: WebhookLog) -> None:
    """
    POST /webhooks/{id}/retry for an unknown delivery MUST be refused with 404 NOT_FOUND_ERROR.
    """
    answer = await log.retry(_NOBODY)

    expect.refusal(answer, 404, "NOT_FOUND_ERROR", kind="unknown")


@requirement("PGC-WHK-040", source="wild-bugs M63; reliability 4 E 56", level=Level.SAFETY)
async def test_retry_of_no_uuid(log: WebhookLog) -> None:
    """
    POST /webhooks/{id}/retry with an id that is no UUID SHOULD be refused with a 4xx status, never a 5xx one.
    """
    answer = await log.retry("not-a-uuid")

    expect.is_refused(answer)


@requirement("PGC-WHK-041", source="contract 1.2", level=Level.SAFETY)
async def test_retry_needs_credentials(redelivered: Redelivered, log: WebhookLog) -> None:
    """
    POST /webhooks/{id}/retry without credentials MUST be refused with 401 AUTHENTICATION_ERROR.
    """
    answer = await log.retry(redelivered.before.id, auth={})

    expect.refusal(answer, 401, "AUTHENTICATION_ERROR", kind="unauthorised")
