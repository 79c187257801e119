"""
The ledger, and its comparison with the bank's book.
"""

import asyncio
from typing import Final

from quart import Blueprint

from dashboard.frame import bank, gateway, merchant_id, show, wanted
from dashboard.gateway import offered
from dashboard.reconciling import compare
from dashboard.session import logged_in

ledger = Blueprint("ledger", __name__)
KINDS: Final = (
    "sale", "hold", "capture", "capture_failed", "void", "refund_created", "refund_processed", "refund_failed", "dispute_opened", "dispute_won", "dispute_lost",
)  # fmt: skip


@ledger.get("/dashboard/ledger")
@logged_in
async def show_ledger() -> str:
    """
    Balances and journals.
    """
    asked = wanted({"kind": KINDS, "payment_id": None})
    balances, journals = await asyncio.gather(
        offered(gateway().balances(), "ledger balances"),
        offered(gateway().list_page("ledger", **asked.query()), "a ledger"),
    )
    return await show(
        "ledger.html",
        balances=balances,
        journals=journals,
        page=journals.document,
        filters=asked.filters,
        kinds=KINDS,
    )


@ledger.get("/dashboard/reconciliation")
@logged_in
async def show_reconciliation() -> str:
    """
    Our money beside the bank's: the gateway's balance of what the bank owes, and the bank's own book.
    """
    ours = await merchant_id() if bank().is_configured else "default"
    balances, entries = await asyncio.gather(
        offered(gateway().balances(), "ledger balances"),
        bank().offered("/control/entries", "The bank's book", merchant_id=ours),
    )
    book = (entries.document or {}).get("entries") or []
    rows = compare(balances.rows, book) if balances.document and entries.document else None
    return await show(
        "reconciliation.html", balances=balances, entries=entries, rows=rows, book_count=len(book)
    )
