"""
A merchant's webhook settings, manual retry and the test webhook.
"""

import base64
import uuid
from dataclasses import dataclass

from gateway.domain.errors import BadRequest, NotFound
from gateway.domain.events import EventType
from gateway.domain.facts import Facts
from gateway.domain.merchant import Behaviour, Principal
from gateway.domain.origins import parse_origins
from gateway.domain.secrets_at_rest import new_signing_secret
from gateway.domain.webhook_url import validate_webhook_url
from gateway.domain.work import WorkKind, WorkRef
from gateway.services.announcing import announce
from gateway.services.context import Context
from gateway.storage import deliveries, webhooks
from gateway.storage.facts import record
from gateway.storage.webhooks import WebhookSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadableSettings:
    """
    The settings with the secrets in clear, for their owner.
    """

    settings: WebhookSettings
    webhook_secret: str | None
    signing_secret: str | None


async def get_settings(context: Context, principal: Principal) -> ReadableSettings:
    """
    The merchant's settings.
    """
    settings = await webhooks.read_webhook_settings(context.database, principal.merchant.id)
    owner = str(principal.merchant.id)
    legacy, standard = settings.legacy_secrets, settings.signing_secrets
    return ReadableSettings(
        settings=settings,
        webhook_secret=context.secrets.decrypt(legacy[0], owner=owner) if legacy else None,
        signing_secret=context.secrets.decrypt(standard[0], owner=owner) if standard else None,
    )


def _events(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    known = {event.value for event in EventType}
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadRequest("events must be a list of event names, or null for all", param="events")
    strange = [item for item in value if item not in known]
    if strange:
        raise BadRequest(
            f"events has {strange[0]!r}; known are {', '.join(sorted(known))}", param="events"
        )
    return tuple(value)


async def change_settings(
    context: Context, principal: Principal, fields: dict[str, object]
) -> ReadableSettings:
    """
    Change what `fields` names: `webhook_url` (null turns webhooks off), `events`, `behaviour`, `checkout_origins`.  Raises `BadRequest`.
    """
    before = await webhooks.read_webhook_settings(context.database, principal.merchant.id)
    url = before.url
    name = next((n for n in ("webhook_url", "webhookUrl", "url") if n in fields), None)
    if name is not None:
        value = fields[name]
        url = (
            None
            if value in (None, "")
            else validate_webhook_url(
                value, egress=context.policy.egress, own_ports=context.policy.own_ports
            )
        )
    behaviour = fields.get("behaviour", before.behaviour)
    if behaviour not in tuple(Behaviour):
        raise BadRequest("behaviour must be contract or strict", param="behaviour")
    await webhooks.write_webhook_settings(
        context.database,
        principal.merchant.id,
        url=url,
        events=_events(fields["events"]) if "events" in fields else before.events,
        checkout_origins=parse_origins(fields["checkout_origins"])
        if "checkout_origins" in fields
        else before.checkout_origins,
        behaviour=str(behaviour),
    )
    return await get_settings(context, principal)


async def regenerate_secret(context: Context, principal: Principal) -> ReadableSettings:
    """
    New secrets for both signature families; the old ones stay valid for the configured overlap.
    """
    owner = str(principal.merchant.id)
    legacy = "whsec_" + base64.b32encode(context.rng.secret(25)).decode().lower()
    for scheme, secret in (
        ("legacy", legacy),
        ("standard", new_signing_secret(context.rng.secret(32))),
    ):
        await webhooks.rotate_secret(
            context.database,
            principal.merchant.id,
            scheme=scheme,
            ciphertext=context.secrets.encrypt(secret, owner=owner, nonce=context.rng.secret(12)),
            overlap_s=context.policy.secret_overlap_s,
            clears_plain=True,
        )
    return await get_settings(context, principal)


async def send_test_webhook(context: Context, principal: Principal) -> uuid.UUID:
    """
    Deliver one `webhook.test` event; the id of its delivery.  Raises `BadRequest` when there is no URL.
    """
    if principal.merchant.webhook_url is None:
        raise BadRequest("Set a webhook_url first", param="webhook_url")
    facts = Facts(merchant_id=principal.merchant.id, at=principal.now)
    marker = context.ids.new("test_", context.rng.secret(8).hex())
    announce(
        context,
        facts,
        principal.merchant,
        EventType.WEBHOOK_TEST,
        marker,
        {"message": "This is a test webhook"},
    )
    if not facts.deliveries:
        raise BadRequest(
            "The merchant's events do not include webhook.test, or its endpoint is disabled",
            param="events",
        )
    await record(context.database, facts)
    await context.hints.send([WorkRef(WorkKind.DELIVERY, str(d.id)) for d in facts.deliveries])
    return facts.deliveries[0].id


async def retry_delivery(context: Context, principal: Principal, log_id: str) -> uuid.UUID:
    """
    Deliver again, counting attempts from 0.  Raises `NotFound`.
    """
    try:
        delivery_id = uuid.UUID(log_id)
    except ValueError as error:
        raise NotFound("Webhook not found") from error
    if not await deliveries.reopen_delivery(
        context.database, delivery_id, merchant_id=principal.merchant.id
    ):
        raise NotFound("Webhook not found")
    await context.hints.send([WorkRef(WorkKind.DELIVERY, str(delivery_id))])
    return delivery_id
