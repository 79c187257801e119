"""
Events: the facts that were announced, with the body their webhooks carry.
"""

from typing import Final

from quart import Blueprint

from dashboard.frame import gateway, show, wanted
from dashboard.gateway import offered
from dashboard.session import logged_in

events = Blueprint("events", __name__)
TYPES: Final = (
    "payment.created", "payment.pending", "payment.success", "payment.failed", "payment.captured", "payment.capture_failed", "payment.voided",
    "refund.created", "refund.processed", "refund.failed", "dispute.opened", "dispute.won", "dispute.lost", "webhook.test",
)  # fmt: skip
_DELIVERIES: Final = 50


@events.get("/dashboard/events")
@logged_in
async def list_events() -> str:
    """
    Events, newest first.
    """
    asked = wanted({"type": TYPES, "entity_id": None}, days=True)
    page = await gateway().list_page("events", **asked.query())
    return await show("events.html", page=page, filters=asked.filters, types=TYPES)


@events.get("/dashboard/events/<event_id>")
@logged_in
async def show_event(event_id: str) -> str:
    """
    One event and its deliveries.
    """
    source = await offered(gateway().get_event(event_id), "single events")
    event = source.document
    entity = str(event["entity_id"]) if event else ""
    rows = []
    if entity:
        page = await gateway().list_page("webhooks", limit=_DELIVERIES, entity_id=entity)
        rows = [row for row in page["data"] if row.get("event_id") == event_id]
    return await show("event.html", event_id=event_id, event=event, source=source, deliveries=rows)
