"""
Standard Webhooks 1.0.0 beside the contract's own signature.
"""

from conformance.harness import expect
from conformance.harness.channels.announced import Announced
from conformance.harness.channels.retrying import RetryScene
from conformance.harness.evidence import Transcript
from conformance.harness.requirements import requirement
from conformance.harness.signatures import diagnose_standard
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level

_NEEDS = ("standard_webhooks",)


@requirement("PGC-SIG-006", source="conventions 4.1", needs=_NEEDS, level=Level.EXTENSION)
async def test_standard_signature_verifies(
    announced: Announced, gateway: Gateway, transcript: Transcript
) -> None:
    """
    `webhook-signature` SHOULD hold a v1 signature of `id.timestamp.body`, keyed with the decoded signing secret.
    """
    found = announced.one("payment.success", transcript)

    secret = gateway.profile.auth["signing_secret"]
    diagnosis = diagnose_standard(found.body, found.header, secret)

    transcript.notes.append({"standard signature": diagnosis.document()})
    expect.that(diagnosis.valid, f"the signature does not verify: {diagnosis.sentence}")


@requirement("PGC-SIG-007", source="conventions 4.1", needs=_NEEDS, level=Level.EXTENSION)
async def test_webhook_id_stays(retries: RetryScene, transcript: Transcript) -> None:
    """
    `webhook-id` SHOULD be the same on every attempt of a webhook.
    """
    subject = retries.subject("exhausted", transcript).with_retries()

    ids = {seen.call.header("webhook-id") for seen in subject.attempts}

    expect.that(None not in ids, "expected a webhook-id on every attempt")
    expect.that(len(ids) == 1, f"expected one webhook-id, got {len(ids)}")


@requirement("PGC-SIG-008", source="conventions 4.1", needs=_NEEDS, level=Level.EXTENSION)
async def test_webhook_ids_differ(announced: Announced, transcript: Transcript) -> None:
    """
    Two webhooks SHOULD NOT share a `webhook-id`.
    """
    first = announced.one("payment.success", transcript)
    second = announced.one("refund.processed", transcript)

    expect.distinct([d.header("webhook-id") for d in (first, second)], "webhook-id")


@requirement("PGC-SIG-009", source="conventions 4.1", needs=_NEEDS, level=Level.EXTENSION)
async def test_timestamp_is_of_the_attempt(retries: RetryScene, transcript: Transcript) -> None:
    """
    `webhook-timestamp` SHOULD be the time of the attempt, so that it changes from one to the next.
    """
    subject = retries.subject("exhausted", transcript).with_retries()

    times = [seen.call.header("webhook-timestamp") for seen in subject.attempts]

    expect.distinct(times, "webhook-timestamp")
