"""
The endpoint's settings, and the log of deliveries with retry, one by one and in bulk.
"""

import asyncio
from typing import Any, Final
from uuid import UUID

from quart import Blueprint, request, url_for

from dashboard.frame import act, announce, back, gateway, refuse, show, wanted
from dashboard.gateway import offered, said
from dashboard.pages.events import TYPES
from dashboard.pages.home import PERIODS, period_asked, read_figures
from dashboard.retrying import count_deliveries, retry_all
from dashboard.session import checked_form, logged_in
from sdk.python.errors import GatewayError

webhooks = Blueprint("webhooks", __name__)
STATUSES: Final = ("pending", "success", "failed")
#: What a bulk retry can be narrowed by.
_RETRIED: Final = ("status", "event", "entity_id", "created_from", "created_to")
_CHOICES: Final = {"status": STATUSES, "event": TYPES, "entity_id": None}


@webhooks.get("/dashboard/webhooks")
@logged_in
async def show_webhooks() -> str:
    """
    Settings, the endpoint's health, the delivery log.
    """
    asked, period = wanted(_CHOICES, days=True), period_asked()
    config, page, (figures, statistics) = await asyncio.gather(
        gateway().get_webhook_config(),
        gateway().list_page("webhooks", **asked.query()),
        read_figures(period),
    )
    return await show(
        "webhooks.html",
        config=config,
        page=page,
        figures=figures,
        statistics=statistics,
        period=period,
        period_names=list(PERIODS),
        shown="secret" in request.args,
        filters=asked.filters,
        statuses=STATUSES,
        types=TYPES,
    )


@webhooks.get("/dashboard/webhooks/<uuid:delivery_id>")
@logged_in
async def show_delivery(delivery_id: UUID) -> str:
    """
    One delivery: what was sent, every attempt newest first, when the next one is due.
    """
    attempts, found = await asyncio.gather(
        gateway().list_attempts(str(delivery_id)),
        offered(gateway().get_delivery(str(delivery_id)), "single deliveries"),
    )
    return await show("delivery.html", delivery_id=delivery_id, attempts=attempts, source=found)


@webhooks.post("/dashboard/webhooks/save")
@logged_in
async def save() -> Any:
    """
    Change the address; an empty one turns webhooks off.
    """
    form = await checked_form()
    action = gateway().set_webhook_config(webhook_url=form.get("webhook_url") or None)
    return await act(action, "Saved.", url_for("webhooks.show_webhooks"))


@webhooks.post("/dashboard/webhooks/regenerate")
@logged_in
async def regenerate() -> Any:
    """
    New secrets.
    """
    await checked_form()
    done = "New secret; the old one stays valid for a day."
    return await act(gateway().regenerate_secret(), done, url_for("webhooks.show_webhooks"))


@webhooks.post("/dashboard/webhooks/test")
@logged_in
async def send_test() -> Any:
    """
    A test webhook.
    """
    await checked_form()
    target = url_for("webhooks.show_webhooks")
    return await act(gateway().send_test_webhook(), "Test webhook sent.", target)


@webhooks.post("/dashboard/webhooks/<delivery_id>/retry")
@logged_in
async def retry(delivery_id: str) -> Any:
    """
    Deliver again.
    """
    target = back(await checked_form(), url_for("webhooks.show_webhooks"))
    return await act(gateway().retry_webhook(delivery_id), "Retry scheduled.", target)


@webhooks.get("/dashboard/webhooks/retry")
@logged_in
async def preview_bulk_retry() -> str:
    """
    How many deliveries a bulk retry would send again.
    """
    asked = wanted(_CHOICES, days=True)
    filters = {"status": "failed", **asked.filters}
    count = await count_deliveries(gateway(), filters)
    return await show(
        "bulk_retry.html", filters=filters, count=count, statuses=STATUSES, types=TYPES
    )


@webhooks.post("/dashboard/webhooks/retry")
@logged_in
async def bulk_retry() -> Any:
    """
    Deliver all of them again.
    """
    form = await checked_form()
    filters = {name: form[name] for name in _RETRIED if form.get(name)}
    target = url_for("webhooks.show_webhooks")
    try:
        scheduled = await retry_all(gateway(), filters)
    except GatewayError as error:
        return refuse(said(error), target)
    noun = "retry" if scheduled == 1 else "retries"
    return announce(f"{scheduled} {noun} scheduled.", target)
