"""
What a webhook's request looks like.
"""

import pytest

from conformance.harness import expect
from conformance.harness.channels.announced import Announced
from conformance.harness.evidence import Transcript
from conformance.harness.requirements import requirement
from conformance.harness.target import CARD, Gateway
from conformance.harness.verdict import Level

EVERY_EVENT = [
    pytest.param(event, id=event)
    for event in ("payment.success", "payment.failed", "refund.processed")
]


@requirement("PGC-WHK-003", source="contract 1.8")
async def test_payload_has_the_payment(
    announced: Announced, transcript: Transcript, gateway: Gateway
) -> None:
    """
    A payment webhook's body MUST carry `event` and `data.payment` with the payment's id, amount and status.
    """
    found = announced.one("payment.success", transcript)

    shown = await gateway.get("payment", payment_id=announced.payment_id)
    amount_minor = expect.field(shown, "amount")
    wanted = {"id": announced.payment_id, "amount": amount_minor, "status": "success"}
    found.check({"event": "payment.success"})
    found.check({f"data.payment.{name}": value for name, value in wanted.items()})


@requirement("PGC-WHK-018", source="contract 1.8")
@pytest.mark.parametrize("name", ["order_id", "currency", "method", "vpa", "created_at"])
async def test_payload_has_the_rest_of_the_payment(
    announced: Announced, transcript: Transcript, gateway: Gateway, name: str
) -> None:
    """
    A payment webhook's `data.payment` MUST carry the order's id, currency, method, VPA and creation time that GET /payments/{id} shows.
    """
    found = announced.one("payment.success", transcript)
    answer = await gateway.get("payment", payment_id=announced.payment_id)
    expect.precondition(answer, 200)

    value = found.member(f"data.payment.{name}")

    expect.equal(value, expect.field(answer, name), f"data.payment.{name}")


@requirement("PGC-WHK-019", source="contract 1.8; wild-bugs M38")
@pytest.mark.parametrize("event", EVERY_EVENT)
async def test_envelope(announced: Announced, transcript: Transcript, event: str) -> None:
    """
    Every webhook's body MUST be an object with `event`, `timestamp` and `data`.
    """
    found = announced.one(event, transcript)

    found.has("event", "timestamp", "data")


@requirement("PGC-WHK-020", source="contract 1.8", needs=("decline_vpa",))
async def test_failed_payload_says_so(announced: Announced, transcript: Transcript) -> None:
    """
    A `payment.failed` webhook MUST carry the payment's id and the status `failed`.
    """
    found = announced.one("payment.failed", transcript)

    found.check({"data.payment.id": announced.failed_id, "data.payment.status": "failed"})


@requirement("PGC-WHK-021", source="contract 1.8; wild-bugs M38")
async def test_refund_payload(announced: Announced, transcript: Transcript) -> None:
    """
    A `refund.processed` webhook MUST carry the refund's payment, amount and the status `processed`.
    """
    found = announced.one("refund.processed", transcript)

    wanted = {"payment_id": announced.payment_id, "amount": 10_000, "status": "processed"}
    found.check({f"data.refund.{name}": value for name, value in wanted.items()})


@requirement("PGC-WHK-004", source="contract 1.8")
@pytest.mark.parametrize("event", EVERY_EVENT)
async def test_timestamp_is_unix_seconds(
    announced: Announced, transcript: Transcript, event: str
) -> None:
    """
    A webhook's `timestamp` MUST be an integer of Unix seconds.
    """
    found = announced.one(event, transcript)

    value = found.member("timestamp")

    seconds = expect.integer(value, "timestamp")
    expect.that(10**9 < seconds < 10**10, f"expected Unix seconds, got {seconds}")


@requirement("PGC-WHK-022", source="contract 1.8")
async def test_timestamp_is_of_now(announced: Announced, transcript: Transcript) -> None:
    """
    A webhook's `timestamp` SHOULD be within five minutes of its arrival.
    """
    found = announced.one("payment.success", transcript)

    value = expect.integer(found.member("timestamp"), "timestamp")

    apart_s = abs(value - expect.instant(found.record["received_at"], "arrival").timestamp())
    expect.that(apart_s < 300, f"expected a timestamp of now, got one {apart_s:.0f} s away")


@requirement("PGC-WHK-005", source="contract 1.8")
async def test_content_type_is_json(announced: Announced, transcript: Transcript) -> None:
    """
    A webhook MUST be sent as `application/json`.
    """
    found = announced.one("payment.success", transcript)

    kind = (found.header("Content-Type") or "").partition(";")[0].strip()

    expect.equal(kind, "application/json", "Content-Type")


@requirement("PGC-WHK-023", source="contract 1.7 job 2")
async def test_method_is_post(announced: Announced, transcript: Transcript) -> None:
    """
    A webhook MUST be sent by POST.
    """
    found = announced.one("payment.success", transcript)

    expect.equal(found.record["method"], "POST", "the method")


@requirement("PGC-WHK-024", source="contract 1.5.2; wild-bugs M45", level=Level.SAFETY)
async def test_card_is_not_in_webhooks(announced: Announced, transcript: Transcript) -> None:
    """
    No webhook about a card payment MUST ever carry the card's number or a CVV member.
    """
    about = announced.all_about(announced.card_id, transcript)

    leaky = [d.event for d in about if CARD["number"].encode() in d.body or b'"cvv"' in d.body]

    expect.that(not leaky, f"expected no card data in webhooks, got it in {leaky}")


@requirement(
    "PGC-WHK-010", source="conventions 4.1", needs=("standard_webhooks",), level=Level.EXTENSION
)
async def test_standard_webhooks_headers_are_sent(
    announced: Announced, transcript: Transcript
) -> None:
    """
    A webhook SHOULD carry `webhook-id`, `webhook-timestamp` and `webhook-signature`.
    """
    found = announced.one("payment.success", transcript)

    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    missing = [name for name in names if not found.header(name)]
    expect.that(not missing, f"expected the headers {missing}")
