"""
`X-Webhook-Signature`: over which bytes, with which key, how spelt.
"""

import pytest

from conformance.harness import expect
from conformance.harness.channels.announced import Announced
from conformance.harness.channels.signing import diagnosed
from conformance.harness.evidence import Transcript
from conformance.harness.inbox import Inbox
from conformance.harness.requirements import requirement
from conformance.harness.signatures import recipe, verifies_with
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level


@requirement("PGC-WHK-002", source="contract 1.8; wild-bugs M23", level=Level.SAFETY)
@pytest.mark.parametrize("event", ["payment.success", "payment.failed", "refund.processed"])
async def test_signature_verifies_over_raw_bytes(
    announced: Announced, gateway: Gateway, transcript: Transcript, event: str
) -> None:
    """
    `X-Webhook-Signature` MUST be the hex HMAC-SHA256 of the exact body bytes, keyed with the webhook secret.
    """
    found = announced.one(event, transcript)

    diagnosis = diagnosed(found, gateway.profile, transcript)

    expect.that(diagnosis.valid, f"the signature does not verify: {diagnosis.sentence}")


@requirement("PGC-SIG-001", source="contract 1.8")
async def test_signature_is_64_hex_digits(announced: Announced, transcript: Transcript) -> None:
    """
    `X-Webhook-Signature` MUST be 64 hex digits, all lower or all upper case.
    """
    found = announced.one("payment.success", transcript)

    header = found.header("X-Webhook-Signature")

    expect.matches(header, "[0-9a-f]{64}|[0-9A-F]{64}", "X-Webhook-Signature")


@requirement("PGC-SIG-002", source="contract 1.8; wild-bugs M24", level=Level.SAFETY)
async def test_key_is_not_empty(announced: Announced, transcript: Transcript) -> None:
    """
    A signature MUST NOT verify with an empty key, which anybody could sign with.
    """
    found = announced.one("payment.success", transcript)

    forged = verifies_with(b"", found.body, found.header("X-Webhook-Signature"))

    expect.that(bool(found.header("X-Webhook-Signature")), "expected a signature")
    expect.that(not forged, "the signature is keyed with an empty secret: anybody can forge it")


@requirement("PGC-SIG-003", source="contract 1.8; conventions 4.1")
@pytest.mark.parametrize("event", ["payment.success", "refund.processed"])
async def test_body_survives_reserialising(
    announced: Announced, gateway: Gateway, transcript: Transcript, event: str
) -> None:
    """
    A webhook's signature SHOULD verify over `JSON.stringify(JSON.parse(body))` too, as the assignment's own receiver checks it.
    """
    found = announced.one(event, transcript)

    secret = gateway.profile.auth["webhook_secret"]
    held = recipe(found.body, found.header("X-Webhook-Signature"), secret)

    transcript.notes.append({"signature holds": held})
    expect.that(held in ("raw and re-serialised", "re-serialised only"), f"it holds: {held}")


@requirement("PGC-SIG-004", source="contract 1.8", level=Level.SAFETY)
async def test_signature_of_other_alphabets(
    gateway: Gateway, inbox: Inbox, transcript: Transcript
) -> None:
    """
    The signature of a webhook whose body has letters beyond ASCII MUST verify over its raw bytes.
    """
    payment = await gateway.successful_payment()
    created = await gateway.refund(payment.id, 10_000, reason="zurück: ₹100 für Åsa 😀")
    expect.precondition(created, 201)
    refund_id = str(expect.field(created, "id"))
    await gateway.processed_refund(refund_id)
    found = await inbox.about(refund_id, "refund.processed")

    diagnosis = diagnosed(found[0], gateway.profile, transcript)

    expect.that(diagnosis.valid, f"the signature does not verify: {diagnosis.sentence}")


@requirement("PGC-SIG-005", source="contract 1.8", level=Level.SAFETY)
async def test_signatures_differ(announced: Announced, transcript: Transcript) -> None:
    """
    Webhooks with different bodies MUST NOT share a signature.
    """
    first = announced.one("payment.success", transcript)
    second = announced.one("refund.processed", transcript)

    pair = {d.header("X-Webhook-Signature") for d in (first, second)}

    expect.that(len(pair) == 2, "expected two signatures for two bodies")
