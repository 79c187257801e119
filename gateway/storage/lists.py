"""
Pages of a merchant's objects, newest first.  Reads through Tortoise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tortoise import Tortoise
from tortoise.expressions import Q
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
    Which part of a list: `offset` rows in, or after the cursor's row.  `filters` are exact matches.
    """

    limit: int
    offset: int
    after_id: str | None
    filters: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """
    One part of a list; `total` counts the whole of it.
    """

    rows: list[Any]
    total: int
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


async def page(name: str, merchant_id: UUID, wanted: PageRequest) -> Page:
    """
    A page of the merchant's list `name` (a key of `LISTS`).
    """
    model = LISTS[name]
    everything: QuerySet[Any] = model.filter(merchant_id=merchant_id, **wanted.filters)
    total = await everything.count()
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


async def attempts_of(delivery_id: UUID, *, merchant_id: UUID) -> list[AttemptRow] | None:
    """
    Every attempt of a delivery, oldest first, None when the merchant has no such delivery.
    """
    if not await WebhookLogRow.exists(id=delivery_id, merchant_id=merchant_id):
        return None
    return await AttemptRow.filter(log_id=delivery_id).order_by("generation", "number")
