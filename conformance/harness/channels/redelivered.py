"""
The scene of a manual retry: a webhook that was delivered is asked for again.
"""

from dataclasses import dataclass

from conformance.harness.channels.log import LogRow, WebhookLog
from conformance.harness.client import Answer
from conformance.harness.evidence import Transcript
from conformance.harness.inbox import Delivery, Inbox
from conformance.harness.outcomes import Blocked, RequirementFailed
from conformance.harness.target import Gateway

EVENT = "payment.success"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redelivered:
    """
    The log's row before and after, the answer to the request, and what arrived in all.
    """

    before: LogRow
    after: LogRow
    total_before: int
    total_after: int
    answer: Answer
    deliveries: tuple[Delivery, ...]

    def arrivals(self, transcript: Transcript, *, at_least: int) -> tuple[Delivery, ...]:
        """
        Every arrival of the webhook; fails when there are fewer.
        """
        transcript.notes.extend(delivery.note() for delivery in self.deliveries)
        if len(self.deliveries) < at_least:
            raise RequirementFailed(
                f"expected the webhook to arrive {at_least} times, it arrived {len(self.deliveries)} times"
            )
        return self.deliveries


async def play_redelivery(gateway: Gateway, inbox: Inbox) -> Redelivered:
    """
    A payment, its webhook, its row, the request, the second arrival.
    """
    log = WebhookLog(gateway)
    known = {row.id for row in await log.rows()}
    payment = await gateway.successful_payment()
    await inbox.about(payment.id, EVENT)
    new = [row for row in await log.rows() if row.id not in known and row.field("event") == EVENT]
    if not new:
        raise Blocked(f"the log shows no {EVENT} of a payment that was just announced")
    before = await log.when(new[0].id, "success")
    total_before = await log.total()
    answer = await log.retry(before.id)
    await inbox.arrive(payment.id, EVENT, count=2, within_s=5.0)
    await inbox.settle(quiet_s=0.2)
    return Redelivered(
        before=before,
        after=await log.when(before.id, "success"),
        total_before=total_before,
        total_after=await log.total(),
        answer=answer,
        deliveries=tuple(await inbox.arrive(payment.id, EVENT, count=1, within_s=0.0)),
    )
