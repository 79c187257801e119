"""
Builds events, and for a merchant that listens the deliveries with their exact bytes.
"""

from gateway.domain.events import (
    CONTRACT_EVENTS,
    Event,
    EventType,
    payment_data,
    refund_data,
    webhook_payload,
)
from gateway.domain.facts import Facts, NewDelivery
from gateway.domain.merchant import Behaviour, Merchant
from gateway.domain.payment import Payment
from gateway.domain.refund import Refund
from gateway.domain.signing import serialise
from gateway.services.context import Context


def announce(
    context: Context,
    facts: Facts,
    merchant: Merchant,
    event_type: EventType,
    entity_id: str,
    data: dict[str, object],
    *,
    occurrence: str = "",
) -> Event:
    """
    Add the event to `facts`, and a delivery when the merchant wants it.

    `occurrence` tells repeated events of one kind about one entity apart.  In the contract profile a merchant without a subscription list gets the
    contract's events only.
    """
    event = Event(
        id=context.ids.new("evt_", entity_id, event_type.value, occurrence),
        merchant_id=merchant.id,
        type=event_type,
        entity_id=entity_id,
        payload=webhook_payload(event_type, facts.at, data),
        created_at=facts.at,
    )
    facts.events.append(event)
    unasked = merchant.webhook_events is None and merchant.behaviour is Behaviour.CONTRACT
    if merchant.wants(event_type.value) and not (unasked and event_type not in CONTRACT_EVENTS):
        facts.deliveries.append(
            NewDelivery(
                id=context.ids.new_uuid("delivery", event.id),
                event=event,
                body=serialise(event.payload),
            )
        )
    return event


def announce_payment(
    context: Context, facts: Facts, merchant: Merchant, event_type: EventType, payment: Payment
) -> None:
    """
    An event about a payment as it is after the change.
    """
    announce(context, facts, merchant, event_type, payment.id, {"payment": payment_data(payment)})


def announce_refund(
    context: Context, facts: Facts, merchant: Merchant, event_type: EventType, refund: Refund
) -> None:
    """
    An event about a refund as it is after the change.
    """
    announce(context, facts, merchant, event_type, refund.id, {"refund": refund_data(refund)})
