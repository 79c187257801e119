"""
Orders, and the payments that were tried for each.
"""

import asyncio
from typing import Final

from quart import Blueprint

from dashboard.frame import gateway, show, wanted
from dashboard.session import logged_in

orders = Blueprint("orders", __name__)
STATUSES: Final = ("created", "paid")
_TRIES: Final = 50


@orders.get("/dashboard/orders")
@logged_in
async def list_orders() -> str:
    """
    Orders, newest first.
    """
    asked = wanted({"status": STATUSES}, days=True)
    page = await gateway().list_page("orders", **asked.query())
    return await show("orders.html", page=page, filters=asked.filters, statuses=STATUSES)


@orders.get("/dashboard/orders/<order_id>")
@logged_in
async def show_order(order_id: str) -> str:
    """
    One order with its payments.
    """
    order, tries = await asyncio.gather(
        gateway().get_order(order_id),
        gateway().list_page("payments", limit=_TRIES, order_id=order_id),
    )
    return await show("order.html", order=order, tries=tries["data"])
