"""
Refunds.
"""

from typing import Any, Final

from quart import Blueprint, redirect, url_for

from dashboard.frame import gateway, show, wanted
from dashboard.session import logged_in

refunds = Blueprint("refunds", __name__)
STATUSES: Final = ("pending", "processed", "failed")


@refunds.get("/dashboard/refunds")
@logged_in
async def list_refunds() -> str:
    """
    Refunds, newest first.
    """
    asked = wanted({"status": STATUSES, "payment_id": None}, days=True)
    page = await gateway().list_page("refunds", **asked.query())
    return await show("refunds.html", page=page, filters=asked.filters, statuses=STATUSES)


@refunds.get("/dashboard/refunds/<refund_id>")
@logged_in
async def show_refund(refund_id: str) -> Any:
    """
    A refund stands on its payment's page.
    """
    refund = await gateway().get_refund(refund_id)
    page = url_for("payments.show_payment", payment_id=refund["payment_id"])
    return redirect(f"{page}#{refund_id}")
