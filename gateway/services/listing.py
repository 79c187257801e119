"""
Pages of a merchant's objects.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.domain.errors import BadRequest, NotFound
from gateway.domain.merchant import Principal
from gateway.domain.payment import Payment
from gateway.domain.query_values import parse_moment, parse_number
from gateway.services.context import Context
from gateway.storage import lists, payments
from gateway.storage.lists import Page, PageRequest

#: Rows on a page.  Source: contract 1.5 row 15, reliability section 4 case 78.
LIMIT_DEFAULT = 10
LIMIT_MAX = 100
_OFFSET_MAX = 1_000_000
#: What each list can be filtered by, beside the instant of creation.
FILTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "orders": ("status", "q"),
    "payments": ("status", "method", "order_id", "currency", "amount", "q"),
    "refunds": ("status", "payment_id"),
    "webhooks": ("status", "event", "entity_id", "event_id"),
    "events": ("type", "entity_id"),
    "jobs": ("kind", "state", "entity_id"),
    "ledger": ("payment_id", "kind"),
    "request-log": ("method", "status", "path", "entity_id", "q"),
}
_AMOUNT_MAX: Final = 2**53 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """
    A page with the request that it answers.
    """

    page: Page
    limit: int
    offset: int


def _filters(name: str, query: Mapping[str, str]) -> dict[str, str | int]:
    filters: dict[str, str | int] = {}
    for field in FILTERS[name]:
        value = query.get(field)
        if not value:
            continue
        if len(value) > 64 or not value.isprintable():  # noqa: PLR2004  column width
            raise BadRequest("filters must be at most 64 printable characters", param=field)
        filters[field] = value
        if field == "amount":
            filters[field] = parse_number(value, field, default=0, least=0, most=_AMOUNT_MAX)
    return filters


def page_request(name: str, query: Mapping[str, str]) -> PageRequest:
    """
    What a query asks of the list `name`.  Raises `BadRequest`.
    """
    filters = _filters(name, query)
    after_id = query.get("cursor") or None
    if after_id is not None and not (len(after_id) <= 128 and after_id.isprintable()):  # noqa: PLR2004  the longest id
        raise BadRequest("cursor must be the id of the last row of the page before", param="cursor")
    if after_id is not None and name == "webhooks":
        after_id = str(_uuid(after_id, "cursor must be the id of the last row of the page before"))
    return PageRequest(
        limit=parse_number(
            query.get("limit"), "limit", default=LIMIT_DEFAULT, least=1, most=LIMIT_MAX
        ),
        offset=parse_number(query.get("offset"), "offset", default=0, least=0, most=_OFFSET_MAX),
        after_id=after_id,
        filters=filters,
        created_from=parse_moment(query.get("created_from") or None, "created_from"),
        created_to=parse_moment(query.get("created_to") or None, "created_to"),
        is_counted=query.get("count") != "none",
    )


def _uuid(text: str, refusal: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise BadRequest(refusal, param="cursor") from error


async def list_rows(
    context: Context, principal: Principal, name: str, query: Mapping[str, str]
) -> Listing:
    """
    A page of `name` (orders, payments, refunds, webhooks, events) by `limit`, `offset` or `cursor` and filters.  Raises `BadRequest`.
    """
    del context
    wanted = page_request(name, query)
    page = await lists.page(name, principal.merchant.id, wanted)
    return Listing(page=page, limit=wanted.limit, offset=wanted.offset)


async def payments_of_page(context: Context, principal: Principal, page: Page) -> list[Payment]:
    """
    The full payments of a page of payment rows, in its order.
    """
    ids = [row.id for row in page.rows]
    found = await payments.find_payments(context.database, ids, merchant_id=principal.merchant.id)
    return [found[payment_id] for payment_id in ids if payment_id in found]


async def get_event(principal: Principal, event_id: str) -> Any:
    """
    The merchant's event.  Raises `NotFound`.
    """
    found = await lists.find_event(event_id, merchant_id=principal.merchant.id)
    if found is None:
        raise NotFound("Event not found")
    return found


async def list_attempts(context: Context, principal: Principal, delivery_id: str) -> list[Any]:
    """
    Every attempt of a delivery, oldest first.  Raises `NotFound`.
    """
    del context
    try:
        wanted = uuid.UUID(delivery_id)
    except ValueError as error:
        raise NotFound("Webhook not found") from error
    found = await lists.attempts_of(wanted, merchant_id=principal.merchant.id)
    if found is None:
        raise NotFound("Webhook not found")
    return found
