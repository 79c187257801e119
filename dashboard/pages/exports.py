"""
Lists as CSV.
"""

from collections.abc import AsyncIterator
from typing import Any, Final

from quart import Blueprint, Response

from dashboard.export import line
from dashboard.frame import gateway, wanted
from dashboard.gateway import Gateway
from dashboard.money import plain
from dashboard.pages.events import TYPES
from dashboard.pages.orders import STATUSES as ORDER_STATUSES
from dashboard.pages.payments import METHODS
from dashboard.pages.payments import STATUSES as PAYMENT_STATUSES
from dashboard.pages.refunds import STATUSES as REFUND_STATUSES
from dashboard.pages.webhooks import STATUSES as DELIVERY_STATUSES
from dashboard.session import logged_in

exports = Blueprint("exports", __name__)
#: Rows of one file.
ROWS_MAX: Final = 100_000
_PAGE: Final = 100
_TIMEOUT_S: Final = 600

Row = dict[str, Any]
_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "payments": (
        "id", "order_id", "amount", "amount_minor", "currency", "method", "vpa", "card_network", "card_last4", "status", "captured",
        "amount_refunded", "error_code", "decline_code", "created_at",
    ),
    "orders": ("id", "amount", "amount_minor", "currency", "receipt", "status", "created_at"),
    "refunds": ("id", "payment_id", "amount_minor", "reason", "status", "created_at", "processed_at"),
    "webhooks": (
        "id", "event", "event_id", "entity_id", "status", "attempts", "response_code", "last_attempt_at", "next_retry_at", "created_at",
    ),
    "events": ("id", "type", "entity_id", "created_at"),
}  # fmt: skip
_CHOICES: Final[dict[str, dict[str, tuple[str, ...] | None]]] = {
    "payments": {"status": PAYMENT_STATUSES, "method": METHODS, "order_id": None},
    "orders": {"status": ORDER_STATUSES},
    "refunds": {"status": REFUND_STATUSES, "payment_id": None},
    "webhooks": {"status": DELIVERY_STATUSES, "event": TYPES, "entity_id": None},
    "events": {"type": TYPES, "entity_id": None},
}


def _value(row: Row, column: str) -> object:
    if column == "amount":
        return plain(row["amount"], row["currency"])
    if column == "amount_minor":
        return row["amount"]
    return row.get(column)


async def _lines(source: Gateway, name: str, filters: dict[str, str]) -> AsyncIterator[bytes]:
    columns = _COLUMNS[name]
    yield line(columns).encode()
    count = 0
    async for row in source.iterate(name, limit=_PAGE, **filters):
        yield line(_value(row, column) for column in columns).encode()
        count += 1
        if count == ROWS_MAX:
            return


@exports.get("/dashboard/export/<any(payments,orders,refunds,webhooks,events):name>.csv")
@logged_in
async def export(name: str) -> Response:
    """
    The list with the filters of the address, newest first, streamed.
    """
    asked = wanted(_CHOICES[name], days=True)
    response = Response(
        _lines(gateway(), name, dict(asked.filters)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
    response.timeout = _TIMEOUT_S
    return response
