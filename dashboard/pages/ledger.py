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
_CLASSES: Final = {
    "missing_at_bank": "The bank does not have it",
    "missing_at_us": "We do not have it",
    "amount_mismatch": "The amounts differ",
    "duplicate": "The bank has it more than once",
}


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
    Our money beside the bank's: a day line by line against the bank's statement, the gateway's balance of what the bank owes, and the bank's own book.
    """
    ours = await merchant_id() if bank().is_configured else "default"
    asked = wanted({"date": None})
    day, balances, entries = await asyncio.gather(
        offered(gateway().reconciliation(**asked.filters), "a reconciliation by day"),
        offered(gateway().balances(), "ledger balances"),
        bank().offered("/control/entries", "The bank's book", merchant_id=ours),
    )
    book = (entries.document or {}).get("entries") or []
    rows = compare(balances.rows, book) if balances.document and entries.document else None
    return await show(
        "reconciliation.html",
        day=day,
        words=_CLASSES,
        filters=asked.filters,
        balances=balances,
        entries=entries,
        rows=rows,
        book_count=len(book),
    )
