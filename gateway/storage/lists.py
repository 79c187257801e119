"""
Pages of a merchant's objects, newest first.  Reads through Tortoise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tortoise import Tortoise
from tortoise.expressions import Q, Subquery
from tortoise.models import Model
from tortoise.queryset import QuerySet

from gateway.storage.models import (
    AttemptRow,
    EventRow,
    OrderRow,
    PaymentRow,
    RefundRow,
    WebhookLogRow,
)
from gateway.storage.schema import tortoise_config

#: Lists by the name that callers use.
LISTS: Final[Mapping[str, type[Model]]] = {
    "orders": OrderRow,
    "payments": PaymentRow,
    "refunds": RefundRow,
    "webhooks": WebhookLogRow,
    "events": EventRow,
}
_BY_SEQUENCE: Final = frozenset({"webhooks", "events"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """
    Which part of a list: `offset` rows in, or after the cursor's row.  `filters` are exact matches but for `q`, the beginning of an id or a receipt.

    `created_to` is not part of the range.  `is_counted` asks for the total, which costs a count of every row that fits.
    """

    limit: int
    offset: int
    after_id: str | None
    filters: Mapping[str, str | int]
    created_from: datetime | None = None
    created_to: datetime | None = None
    is_counted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """
    One part of a list; `total` counts the whole of it, None when nobody asked.
    """

    rows: list[Any]
    total: int | None
    has_more: bool


async def open_read_side(dsn: str, *, connections_max: int) -> None:
    """
    Connect Tortoise, once per process.
    """
    await Tortoise.init(
        config=tortoise_config(dsn, connections_max=connections_max).to_dict(),
        _enable_global_fallback=True,
    )


async def close_read_side() -> None:
    """
    Let go of Tortoise's connections.
    """
    await Tortoise.close_connections()


def _filtered(name: str, merchant_id: UUID, wanted: PageRequest) -> QuerySet[Any]:
    filters = dict(wanted.filters)
    text = filters.pop("q", None)
    rows: QuerySet[Any] = LISTS[name].filter(merchant_id=merchant_id, **filters)
    if "event_id" in filters:
        # There is an index for the entity, and few deliveries of one entity.
        event = EventRow.filter(id=filters["event_id"], merchant_id=merchant_id)
        rows = rows.filter(entity_id__in=Subquery(event.values("entity_id")))
    if wanted.created_from is not None:
        rows = rows.filter(created_at__gte=wanted.created_from)
    if wanted.created_to is not None:
        rows = rows.filter(created_at__lt=wanted.created_to)
    if text is None:
        return rows
    if name == "orders":
        return rows.filter(Q(id__startswith=text) | Q(receipt=text))
    orders = OrderRow.filter(merchant_id=merchant_id, receipt=text)
    return rows.filter(Q(id__startswith=text) | Q(order_id__in=Subquery(orders.values("id"))))


async def page(name: str, merchant_id: UUID, wanted: PageRequest) -> Page:
    """
    A page of the merchant's list `name` (a key of `LISTS`).
    """
    model = LISTS[name]
    everything = _filtered(name, merchant_id, wanted)
    total = await everything.count() if wanted.is_counted else None
    rows = everything
    key = "sequence" if name in _BY_SEQUENCE else "created_at"
    if wanted.after_id is not None:
        anchor = await model.get_or_none(id=wanted.after_id, merchant_id=merchant_id)
        if anchor is None:
            return Page(rows=[], total=total, has_more=False)
        value: datetime | int = getattr(anchor, key)
        rows = rows.filter(
            Q(created_at__lt=value) | (Q(created_at=value) & Q(id__lt=wanted.after_id))
            if key == "created_at"
            else Q(sequence__lt=value)
        )
    order = ("-created_at", "-id") if key == "created_at" else ("-sequence",)
    found = await rows.order_by(*order).offset(wanted.offset).limit(wanted.limit + 1)
    return Page(rows=found[: wanted.limit], total=total, has_more=len(found) > wanted.limit)


async def find_event(event_id: str, *, merchant_id: UUID) -> EventRow | None:
    """
    The merchant's event.
    """
    return await EventRow.get_or_none(id=event_id, merchant_id=merchant_id)


async def attempts_of(delivery_id: UUID, *, merchant_id: UUID) -> list[AttemptRow] | None:
    """
    Every attempt of a delivery, oldest first, None when the merchant has no such delivery.
    """
    if not await WebhookLogRow.exists(id=delivery_id, merchant_id=merchant_id):
        return None
    return await AttemptRow.filter(log_id=delivery_id).order_by("generation", "number")
