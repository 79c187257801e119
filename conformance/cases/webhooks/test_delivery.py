"""
That webhooks come, once, and say what is true.
"""

import pytest

from conformance.cases.webhooks.taken import precondition_taken
from conformance.harness import expect
from conformance.harness.channels.announced import Announced
from conformance.harness.channels.log import WebhookLog
from conformance.harness.channels.subscription import Subscription
from conformance.harness.evidence import Transcript
from conformance.harness.inbox import Inbox
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level


@requirement("PGC-WHK-001", source="contract 1.8; wild-bugs M37")
async def test_success_is_delivered(announced: Announced, transcript: Transcript) -> None:
    """
    A payment that succeeds MUST cause a `payment.success` webhook.
    """
    announced.one("payment.success", transcript)


@requirement("PGC-WHK-006", source="contract 1.8", needs=("decline_vpa",))
async def test_failure_is_delivered(announced: Announced, transcript: Transcript) -> None:
    """
    A payment that fails MUST cause a `payment.failed` webhook.
    """
    announced.one("payment.failed", transcript)


@requirement("PGC-WHK-007", source="contract 1.8; wild-bugs M38")
async def test_processed_refund_is_delivered(announced: Announced, transcript: Transcript) -> None:
    """
    A refund that is processed MUST cause a `refund.processed` webhook with `data.refund`.
    """
    found = announced.one("refund.processed", transcript)

    found.check({"data.refund.id": announced.refund_id})


@requirement("PGC-WHK-008", source="contract 1.8, 1.14 item 9; wild-bugs M43")
@pytest.mark.parametrize("event", ["payment.created", "payment.pending"])
async def test_creation_is_announced(
    announced: Announced, transcript: Transcript, event: str
) -> None:
    """
    A created payment SHOULD cause `payment.created` and `payment.pending` webhooks.
    """
    announced.about(announced.payment_id, event, transcript)


@requirement("PGC-WHK-013", source="contract 1.8, 1.14 item 9; wild-bugs M43")
async def test_created_refund_is_announced(announced: Announced, transcript: Transcript) -> None:
    """
    A created refund SHOULD cause a `refund.created` webhook.
    """
    announced.about(announced.refund_id, "refund.created", transcript)


@requirement("PGC-WHK-009", source="contract 1.8; wild-bugs M41", level=Level.SAFETY)
async def test_success_is_delivered_once(gateway: Gateway, inbox: Inbox) -> None:
    """
    A webhook that was answered 2xx MUST NOT be delivered again, capture included.
    """
    payment = await gateway.successful_payment()
    first = await inbox.about(payment.id, "payment.success", precondition=True)
    precondition_taken(first)

    await gateway.capture(payment.id, payment.amount_minor)
    await inbox.settle()

    again = await inbox.about(payment.id, "payment.success")
    expect.that(len(again) == 1, f"expected one payment.success, got {len(again)}")


@requirement("PGC-WHK-014", source="reliability S10", level=Level.SAFETY)
async def test_success_is_true_when_it_is_announced(gateway: Gateway, inbox: Inbox) -> None:
    """
    A `payment.success` webhook MUST NOT arrive before the payment is `success` for GET /payments/{id}.
    """
    payment = await gateway.pending_payment(vpa="success@bank")
    await inbox.about(payment.id, "payment.success", within_s=15, precondition=True)

    answer = await gateway.get("payment", payment_id=payment.id)

    expect.equal(expect.field(answer, "status"), "success", "the payment's status")


@requirement("PGC-WHK-015", source="contract 1.8", needs=("decline_vpa",), level=Level.SAFETY)
async def test_failure_is_no_success(announced: Announced) -> None:
    """
    A payment that fails MUST NOT cause a `payment.success` webhook.
    """
    named = str(announced.failed_id).encode()

    found = [d for d in announced.deliveries if d.event == "payment.success" and named in d.body]

    expect.that(not found, f"expected no payment.success about a failed payment, got {len(found)}")


@requirement("PGC-WHK-016", source="contract 1.7; wild-bugs M36")
async def test_switched_off_webhooks_leave_no_row(
    gateway: Gateway, log: WebhookLog, subscription: Subscription
) -> None:
    """
    While no webhook URL is set, a payment MUST NOT cause a row in the log.
    """
    async with subscription.away(gateway, None):
        before = await log.total()
        await gateway.successful_payment()
        after = await log.total()

    expect.equal(after, before, "the number of deliveries in the log")


@requirement("PGC-WHK-017", source="contract 1.7 job 2")
async def test_switched_off_webhooks_do_not_stop_payments(
    gateway: Gateway, subscription: Subscription
) -> None:
    """
    While no webhook URL is set, a payment MUST still be processed.
    """
    async with subscription.away(gateway, None):
        payment = await gateway.pending_payment(vpa="success@bank")
        document = await gateway.decided(payment.id)

    expect.equal(document.get("status"), "success", "the payment's status")
