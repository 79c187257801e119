"""
`paywright events`: the merchant's events, and sending one again.
"""

from typing import Annotated, Final

import typer

from paywright.commands.remote import (
    API_URL,
    FAILED_STATUS,
    KEY,
    SECRET,
    Api,
    AsJson,
    Key,
    Secret,
    document,
    fail,
    gateway,
    line,
    moment,
)
from sdk.python.hook_results import Delivery
from sdk.python.sync_client import SyncClient

events = typer.Typer(no_args_is_help=True, help="List events, and send one again.")
#: Deliveries that are searched for an event's id, newest first.
_SEARCHED_MAX: Final = 5_000


@events.command("list")
def list_events(
    kind: Annotated[str | None, typer.Option("--type", help="Only this event.")] = None,
    about: Annotated[str | None, typer.Option(help="Only this payment, refund or order.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many.")] = 20,
    api: Api = API_URL,
    key: Key = KEY,
    secret: Secret = SECRET,
    as_json: AsJson = False,
) -> None:
    """
    What happened, newest first.
    """
    filters = {"type": kind, "entity_id": about}
    query: dict[str, str | int] = {name: v for name, v in filters.items() if v is not None}
    with gateway(api, key, secret) as client:
        for event in client.list_events(limit=limit, **query).data:
            if as_json:
                document(event.raw)
            else:
                line(f"{moment(event.created_at)}  {event.type:<22} {event.entity_id}  {event.id}")


@events.command("resend")
def resend(
    event_id: Annotated[str, typer.Argument(help="An event (evt_…) or a delivery.")],
    api: Api = API_URL,
    key: Key = KEY,
    secret: Secret = SECRET,
    as_json: AsJson = False,
) -> None:
    """
    Deliver an event again: the same bytes under the same webhook id.
    """
    with gateway(api, key, secret) as client:
        delivery_id = event_id
        if event_id.startswith("evt_"):
            delivery_id = _delivery_of(client, event_id).id
        scheduled = client.retry_webhook(delivery_id)
    if as_json:
        document(scheduled.raw)
    else:
        line(f"{event_id} is on its way again: delivery {scheduled.id}")


def _delivery_of(client: SyncClient, event_id: str) -> Delivery:
    """
    The event's delivery.  Raises `typer.Exit` when it has none.
    """
    for number, delivery in enumerate(client.iterate_deliveries(limit=100)):
        if delivery.event_id == event_id:
            return delivery
        if number >= _SEARCHED_MAX:
            break
    reason = "no delivery of it was found: it was never sent, or it is not this merchant's"
    raise fail(f"{event_id}: {reason}", FAILED_STATUS)
