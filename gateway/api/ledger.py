"""
The merchant's ledger.
"""

from typing import Any

from quart import Blueprint, Response, request

from gateway.api.lists import envelope
from gateway.api.requests import json_response, principal
from gateway.api.rows import instant
from gateway.api.state import context
from gateway.services import ledger as service
from gateway.services.reconciling import reconcile_own_day

ledger = Blueprint("ledger", __name__)


def _journal(row: Any) -> dict[str, object]:
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "entity_id": row["entity_id"],
        "payment_id": row["payment_id"],
        "at": instant(row["at"]),
        "entries": row["entries"],
    }


@ledger.get("/api/v1/ledger")
async def list_journals() -> Response:
    """
    The merchant's journals.
    """
    listing = await service.list_journals(context(), await principal(), request.args)
    return envelope(listing, [_journal(row) for row in listing.page.rows])


@ledger.get("/api/v1/ledger/balances")
async def get_balances() -> Response:
    """
    What stands on each account, debits positive.
    """
    rows = await service.read_balances(context(), await principal())
    balances = [
        {"account": row["account"], "currency": row["currency"], "balance": int(row["balance"])}
        for row in rows
    ]
    return json_response({"data": balances})


@ledger.get("/api/v1/ledger/reconciliation")
async def get_reconciliation() -> Response:
    """
    The merchant's ledger of one UTC day against the bank's statement.
    """
    day, found = await reconcile_own_day(context(), await principal(), request.args.get("date"))
    mismatches = [
        {
            "class": one.class_.value,
            "request_id": one.request_id,
            "kind": one.kind,
            "ours": one.ours_minor,
            "bank": one.bank_minor,
            "currency": one.currency,
        }
        for one in found
    ]
    return json_response({"date": day.isoformat(), "agrees": not found, "mismatches": mismatches})
