"""
Webhooks as the merchant receives them.
"""

from conformance.harness import expect
from conformance.harness.evidence import Transcript
from conformance.harness.inbox import Inbox
from conformance.harness.requirements import requirement
from conformance.harness.signatures import diagnose
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level


@requirement("PGC-WHK-001", source="contract 1.8")
async def test_success_is_delivered(gateway: Gateway, inbox: Inbox) -> None:
    """
    A payment that succeeds MUST cause a `payment.success` webhook.
    """
    payment = await gateway.successful_payment()

    found = await inbox.about(payment.id, "payment.success")

    expect.equal(found[0].event, "payment.success", "event")


@requirement("PGC-WHK-002", source="contract 1.8", level=Level.SAFETY)
async def test_signature_verifies_over_raw_bytes(
    gateway: Gateway, inbox: Inbox, transcript: Transcript
) -> None:
    """
    `X-Webhook-Signature` MUST be the hex HMAC-SHA256 of the exact body bytes, keyed with the webhook secret.
    """
    payment = await gateway.successful_payment()
    found = await inbox.about(payment.id, "payment.success")
    secret = gateway.profile.auth["webhook_secret"]

    diagnosis = diagnose(found[0].body, found[0].header("X-Webhook-Signature"), secret)

    transcript.notes.append({"signature": diagnosis.document()})
    expect.that(diagnosis.valid, f"the signature does not verify: {diagnosis.sentence}")


@requirement("PGC-WHK-003", source="contract 1.8")
async def test_payload_has_the_payment(gateway: Gateway, inbox: Inbox) -> None:
    """
    A payment webhook's body MUST carry `event` and `data.payment` with the payment's id, amount and status.
    """
    payment = await gateway.successful_payment(61_900)
    found = await inbox.about(payment.id, "payment.success")
    shown = found[0].body[:200].decode("utf-8", "replace")

    data = expect.member(found[0].document, "data.payment", shown)

    expect.equal(expect.member(data, "id", shown), payment.id, "data.payment.id")
    expect.equal(expect.member(data, "amount", shown), 61_900, "data.payment.amount")
    expect.equal(expect.member(data, "status", shown), "success", "data.payment.status")


@requirement("PGC-WHK-004", source="contract 1.8")
async def test_timestamp_is_unix_seconds(gateway: Gateway, inbox: Inbox) -> None:
    """
    A webhook's `timestamp` MUST be an integer of Unix seconds.
    """
    payment = await gateway.successful_payment()
    found = await inbox.about(payment.id, "payment.success")

    value = expect.member(found[0].document, "timestamp", str(found[0].record["body_text"])[:200])

    seconds = expect.integer(value, "timestamp")
    expect.that(10**9 < seconds < 10**10, f"expected Unix seconds, got {seconds}")


@requirement("PGC-WHK-005", source="contract 1.8")
async def test_content_type_is_json(gateway: Gateway, inbox: Inbox) -> None:
    """
    A webhook MUST be sent as `application/json`.
    """
    payment = await gateway.successful_payment()
    found = await inbox.about(payment.id, "payment.success")

    kind = (found[0].header("Content-Type") or "").partition(";")[0].strip()

    expect.equal(kind, "application/json", "Content-Type")


@requirement("PGC-WHK-006", source="contract 1.8", needs=("decline_vpa",))
async def test_failure_is_delivered(gateway: Gateway, inbox: Inbox) -> None:
    """
    A payment that fails MUST cause a `payment.failed` webhook.
    """
    payment = await gateway.pending_payment(vpa="failure@bank")
    await gateway.decided(payment.id)

    found = await inbox.about(payment.id, "payment.failed")

    expect.equal(found[0].event, "payment.failed", "event")


@requirement("PGC-WHK-007", source="contract 1.8")
async def test_processed_refund_is_delivered(gateway: Gateway, inbox: Inbox) -> None:
    """
    A refund that is processed MUST cause a `refund.processed` webhook with `data.refund`.
    """
    payment = await gateway.successful_payment()
    created = await gateway.refund(payment.id, 10_000)
    refund_id = str(expect.field(created, "id"))
    await gateway.processed_refund(refund_id)

    found = await inbox.about(refund_id, "refund.processed")

    shown = str(found[0].record["body_text"])[:200]
    expect.equal(
        expect.member(found[0].document, "data.refund.id", shown), refund_id, "data.refund.id"
    )


@requirement("PGC-WHK-008", source="contract 1.8, 1.14 item 9")
async def test_creation_is_announced(gateway: Gateway, inbox: Inbox) -> None:
    """
    A created payment SHOULD cause `payment.created` and `payment.pending` webhooks.
    """
    payment = await gateway.pending_payment()

    await inbox.about(payment.id, "payment.created", within_s=3)
    await inbox.about(payment.id, "payment.pending", within_s=3)


@requirement("PGC-WHK-009", source="contract 1.8", level=Level.SAFETY)
async def test_success_is_delivered_once(gateway: Gateway, inbox: Inbox) -> None:
    """
    A webhook that was answered 2xx MUST NOT be delivered again, capture included.
    """
    payment = await gateway.successful_payment()
    await inbox.about(payment.id, "payment.success")

    await gateway.capture(payment.id, payment.amount_minor)
    await inbox.settle()

    again = await inbox.about(payment.id, "payment.success")
    expect.that(len(again) == 1, f"expected one payment.success, got {len(again)}")


@requirement(
    "PGC-WHK-010", source="conventions 4.1", needs=("standard_webhooks",), level=Level.EXTENSION
)
async def test_standard_webhooks_headers_are_sent(gateway: Gateway, inbox: Inbox) -> None:
    """
    A webhook SHOULD carry `webhook-id`, `webhook-timestamp` and `webhook-signature`.
    """
    payment = await gateway.successful_payment()
    found = await inbox.about(payment.id, "payment.success")

    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        expect.that(bool(found[0].header(name)), f"expected the header {name}")


@requirement("PGC-WHK-011", source="contract 1.5.6")
async def test_log_lists_deliveries(gateway: Gateway, inbox: Inbox) -> None:
    """
    GET /webhooks MUST answer `data`, `total`, `limit` and `offset`, and each delivery with id, event, status and attempts.
    """
    payment = await gateway.successful_payment()
    await inbox.about(payment.id, "payment.success")

    answer = await gateway.client.send(
        "GET", gateway.profile.path("webhooks") + "?limit=5&offset=0"
    )

    expect.status(answer, 200)
    for name in ("data", "total", "limit", "offset"):
        expect.field(answer, name)
    newest = expect.rows(answer)[0]
    for name in ("id", "event", "status", "attempts"):
        expect.member(newest, name, str(newest))


@requirement("PGC-WHK-012", source="contract 1.7", needs=("test_retry_schedule",))
async def test_failed_delivery_is_tried_again(gateway: Gateway, inbox: Inbox) -> None:
    """
    A webhook that was answered 500 MUST be sent again with the same bytes, five seconds later in test mode.
    """
    await inbox.behave([{"event": "payment.success", "first": 1, "status": 500}])
    payment = await gateway.successful_payment()

    found = await inbox.about(payment.id, "payment.success", count=2, within_s=12)

    await inbox.behave([])
    expect.that(found[0].body == found[1].body, "expected the same bytes on both attempts")
    gap_s = found[1].arrived_s - found[0].arrived_s
    expect.that(4.0 <= gap_s <= 7.0, f"expected the second attempt after 5 s, got {gap_s:.2f} s")
