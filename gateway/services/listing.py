"""
Pages of a merchant's objects.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.domain.errors import BadRequest, NotFound
from gateway.domain.merchant import Principal
from gateway.domain.payment import Payment
from gateway.services.context import Context
from gateway.storage import lists, payments
from gateway.storage.lists import Page, PageRequest

#: Rows on a page.  Source: contract 1.5 row 15, reliability section 4 case 78.
LIMIT_DEFAULT = 10
LIMIT_MAX = 100
_OFFSET_MAX = 1_000_000
_FILTERS: Mapping[str, frozenset[str]] = {
    "orders": frozenset({"status"}),
    "payments": frozenset({"status", "method", "order_id"}),
    "refunds": frozenset({"status", "payment_id"}),
    "webhooks": frozenset({"status", "event", "entity_id"}),
    "events": frozenset({"type", "entity_id"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """
    A page with the request that it answers.
    """

    page: Page
    limit: int
    offset: int


def _number(value: str | None, name: str, default: int, least: int, most: int) -> int:
    if value is None:
        return default
    if not value.isascii() or not value.isdigit() or not least <= int(value[:12]) <= most:
        raise BadRequest(f"{name} must be a whole number from {least} to {most}", param=name)
    return int(value)


def _request(name: str, query: Mapping[str, str]) -> PageRequest:
    filters = {field: query[field] for field in _FILTERS[name] if query.get(field)}
    if any(len(value) > 64 or not value.isprintable() for value in filters.values()):  # noqa: PLR2004  column width
        raise BadRequest("filters must be at most 64 printable characters")
    after_id = query.get("cursor") or None
    if after_id is not None and name == "webhooks":
        after_id = str(_uuid(after_id, "cursor must be the id of the last row of the page before"))
    return PageRequest(
        limit=_number(query.get("limit"), "limit", LIMIT_DEFAULT, 1, LIMIT_MAX),
        offset=_number(query.get("offset"), "offset", 0, 0, _OFFSET_MAX),
        after_id=after_id,
        filters=filters,
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
    wanted = _request(name, query)
    page = await lists.page(name, principal.merchant.id, wanted)
    return Listing(page=page, limit=wanted.limit, offset=wanted.offset)


async def payments_of_page(context: Context, principal: Principal, page: Page) -> list[Payment]:
    """
    The full payments of a page of payment rows, in its order.
    """
    ids = [row.id for row in page.rows]
    found = await payments.find_payments(context.database, ids, merchant_id=principal.merchant.id)
    return [found[payment_id] for payment_id in ids if payment_id in found]


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
