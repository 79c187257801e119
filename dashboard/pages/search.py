"""
Search by any id from anywhere.
"""

import re
from typing import Any, Final
from uuid import UUID

from quart import Blueprint, redirect, request, url_for

from dashboard.frame import gateway, settings, show
from dashboard.gateway import offered
from dashboard.session import logged_in

search = Blueprint("search", __name__)
_LENGTH_MAX: Final = 128
_REQUIREMENT: Final = re.compile(r"PGC-[A-Z]{2,6}-\d{1,4}", re.IGNORECASE)
_ROWS: Final = 20


#: Prefix of an id, the page of its kind, the name of the id there.
_PAGES: Final = (
    ("pay_", "payments.show_payment", "payment_id"),
    ("order_", "orders.show_order", "order_id"),
    ("rfnd_", "refunds.show_refund", "refund_id"),
    ("evt_", "events.show_event", "event_id"),
    ("req_", "requests.list_requests", "q"),
)


def address_of(text: str) -> str | None:
    """
    The page of an id by its form, None when it has the form of none.
    """
    for prefix, page, member in _PAGES:
        if text.startswith(prefix):
            values: Any = {member: text}
            return url_for(page, **values)
    if _REQUIREMENT.fullmatch(text):
        return url_for("conformance.show_evidence", name="latest", requirement_id=text.upper())
    try:
        return url_for("webhooks.show_delivery", delivery_id=UUID(text))
    except ValueError:
        return None


async def _found(text: str) -> list[tuple[str, str, str]]:
    """
    Orders whose receipt or id begins with the text, where the gateway can look for that.
    """
    source = await offered(gateway().list_page("orders", limit=_ROWS, q=text), "search")
    return [
        (str(row["id"]), str(row.get("receipt") or ""), f"/dashboard/orders/{row['id']}")
        for row in source.rows
        if text.lower() in f"{row['id']} {row.get('receipt') or ''}".lower()
    ]


@search.get("/dashboard/search")
@logged_in
async def find() -> Any:
    """
    Straight to what the id names; otherwise what was looked for and how ids look.
    """
    text = request.args.get("q", "").strip()[:_LENGTH_MAX]
    target = address_of(text) if text.isprintable() else None
    if target is not None:
        return redirect(target)
    rows = await _found(text) if text else []
    return await show(
        "search.html", text=text, rows=rows, has_reports=bool(settings().reports_folder)
    )
