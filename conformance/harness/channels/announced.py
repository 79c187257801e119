"""
One merchant's day, told once and looked at by many cases: payments that succeed and fail, a card, a refund, and every webhook about them.
"""

from dataclasses import dataclass
from typing import Final

from conformance.harness import expect
from conformance.harness.evidence import Transcript
from conformance.harness.inbox import Delivery, Inbox
from conformance.harness.outcomes import Blocked, NotApplicable, RequirementFailed
from conformance.harness.target import CARD, Gateway

#: Seconds in which all webhooks that the contract demands must have come.
WITHIN_S: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """
    Ids of what happened, and what arrived about it.  `failed_id` is None for a target that cannot be asked for a decline.
    """

    payment_id: str
    order_id: str
    card_id: str
    refund_id: str
    failed_id: str | None
    deliveries: tuple[Delivery, ...]

    def one(self, event: str, transcript: Transcript) -> Delivery:
        """
        The webhook of this event about the payment, the failed payment or the refund; fails when none came.
        """
        return self.about(self._subject(event), event, transcript)

    def about(self, entity_id: str, event: str, transcript: Transcript) -> Delivery:
        """
        The first webhook of this event about this entity; fails when none came.
        """
        found = [d for d in self.deliveries if d.event == event and entity_id.encode() in d.body]
        if not found:
            raise RequirementFailed(f"no {event} webhook about {entity_id} came")
        transcript.notes.append(found[0].note())
        return found[0]

    def all_about(self, entity_id: str, transcript: Transcript) -> list[Delivery]:
        """
        Every webhook that names this entity; `blocked` when there is none.
        """
        found = [d for d in self.deliveries if entity_id.encode() in d.body]
        if not found:
            raise Blocked(f"no webhook about {entity_id} came")
        transcript.notes.extend(delivery.note() for delivery in found)
        return found

    def _subject(self, event: str) -> str:
        if event.startswith("refund."):
            return self.refund_id
        if event == "payment.failed":
            if self.failed_id is None:
                raise NotApplicable("the profile does not declare decline_vpa")
            return self.failed_id
        return self.payment_id


async def announce(gateway: Gateway, inbox: Inbox) -> Announced:
    """
    Let it all happen, and wait for the webhooks.
    """
    can_decline = gateway.profile.can("decline_vpa")
    payment = await gateway.successful_payment(61_900)
    card_id = await _card(gateway)
    failed_id = await _decline(gateway, wanted=can_decline)
    refund = await gateway.refund(payment.id, 10_000, reason="changed mind")
    expect.precondition(refund, 201)
    refund_id = str(expect.field(refund, "id"))
    wanted = [("payment.success", payment.id), ("payment.success", card_id)]
    wanted += [("refund.processed", refund_id)]
    wanted += [] if failed_id is None else [("payment.failed", failed_id)]
    await gateway.processed_refund(refund_id)
    await inbox.all_of(wanted, within_s=WITHIN_S)
    await inbox.settle(quiet_s=0.15)
    return Announced(
        payment_id=payment.id,
        order_id=payment.order_id,
        card_id=card_id,
        refund_id=refund_id,
        failed_id=failed_id,
        deliveries=tuple(await inbox.all()),
    )


async def _card(gateway: Gateway) -> str:
    order_id = await gateway.order()
    answer = await gateway.create_payment(order_id, method="card", card=CARD)
    expect.precondition(answer, 201)
    payment_id = str(expect.field(answer, "id"))
    await gateway.decided(payment_id)
    return payment_id


async def _decline(gateway: Gateway, *, wanted: bool) -> str | None:
    if not wanted:
        return None
    payment = await gateway.pending_payment(vpa="failure@bank")
    await gateway.decided(payment.id)
    return payment.id
