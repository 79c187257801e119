"""
`paywright logs`: the webhook deliveries of a running gateway, and the attempts of one.
"""

from typing import Annotated, Final

import typer

from paywright.clock import pause
from paywright.commands.remote import (
    API_URL,
    KEY,
    SECRET,
    Api,
    AsJson,
    Key,
    Secret,
    document,
    gateway,
    line,
    moment,
    printable,
)
from sdk.python.hook_results import Attempt, Delivery
from sdk.python.sync_client import SyncClient

#: Seconds between two looks with --follow.
_POLL_S: Final = 0.5
_PAGE_MAX: Final = 100


def logs(
    delivery_id: Annotated[
        str | None, typer.Argument(help="A delivery: show its attempts instead of the list.")
    ] = None,
    status: Annotated[
        str | None, typer.Option(help="Only pending, success or failed ones.")
    ] = None,
    event: Annotated[str | None, typer.Option(help="Only this event.")] = None,
    about: Annotated[str | None, typer.Option(help="Only this payment, refund or order.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=_PAGE_MAX, help="How many at first.")] = 20,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on printing what changes, until Ctrl-C.")
    ] = False,
    api: Api = API_URL,
    key: Key = KEY,
    secret: Secret = SECRET,
    as_json: AsJson = False,
) -> None:
    """
    Webhook deliveries, oldest of the newest first; with an id, every attempt of that one.
    """
    with gateway(api, key, secret) as client:
        if delivery_id is not None:
            for attempt in client.list_attempts(delivery_id):
                _show_attempt(attempt, as_json=as_json)
            return
        filters = {"status": status, "event": event, "entity_id": about}
        query: dict[str, str | int] = {n: v for n, v in filters.items() if v is not None}
        seen: dict[str, Delivery] = {}
        _show_news(client, seen, {**query, "limit": limit}, as_json=as_json)
        while follow:
            pause(_POLL_S)
            _show_news(client, seen, {**query, "limit": _PAGE_MAX}, as_json=as_json)


def _show_news(
    client: SyncClient,
    seen: dict[str, Delivery],
    query: dict[str, str | int],
    *,
    as_json: bool,
) -> None:
    """
    Print the deliveries that were not printed as they are now.
    """
    page = client.list_deliveries(**query)
    is_first = not seen
    for delivery in reversed(page.data):
        if seen.get(delivery.id) == delivery:
            continue
        if is_first or delivery.id in seen or not _is_older(delivery, seen):
            _show(delivery, as_json=as_json)
        seen[delivery.id] = delivery


def _is_older(delivery: Delivery, seen: dict[str, Delivery]) -> bool:
    """
    Whether it was there before the first look, beyond its limit.
    """
    known = [one.created_at for one in seen.values() if one.created_at is not None]
    return delivery.created_at is not None and bool(known) and delivery.created_at < min(known)


def _show(delivery: Delivery, *, as_json: bool) -> None:
    if as_json:
        document(delivery.raw)
        return
    answer = "-" if delivery.response_code is None else str(delivery.response_code)
    again = f"  next {moment(delivery.next_retry_at)}" if delivery.next_retry_at else ""
    tries = f"{delivery.attempts} attempt{'' if delivery.attempts == 1 else 's'}"
    line(
        f"{moment(delivery.created_at)}  {delivery.event:<22} {delivery.status:<8} {answer:>3}  {tries}  {delivery.entity_id}  {delivery.id}{again}"
    )


def _show_attempt(attempt: Attempt, *, as_json: bool) -> None:
    if as_json:
        document(attempt.raw)
        return
    answer = attempt.error_class if attempt.response_code is None else str(attempt.response_code)
    body = f"  {printable(attempt.response_body)[:80]}" if attempt.response_body else ""
    again = f" of retry {attempt.generation - 1}" if attempt.generation > 1 else ""
    took = "-" if attempt.latency_ms is None else f"{attempt.latency_ms} ms"
    line(
        f"{moment(attempt.started_at)}  attempt {attempt.number}{again}  {answer}  {took}  {attempt.url}{body}"
    )
