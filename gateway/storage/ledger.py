"""
The ledger as people see it: journals with their entries, balances of accounts.
"""

from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from gateway.storage.database import Database
from gateway.storage.lists import Page, PageRequest
from gateway.storage.pages import Conditions, count, empty_page, read_page

#: The entries of journal j, debits first.
ENTRIES: Final = (
    "(SELECT json_agg(json_build_object('account', e.account, 'amount', e.amount, 'currency', e.currency) ORDER BY e.amount DESC, e.id) "
    "FROM ledger_entries e WHERE e.journal_id = j.id) AS entries"
)
_JOURNALS: Final = (
    f"SELECT j.id, j.kind, j.entity_id, j.payment_id, j.at, {ENTRIES} FROM ledger_journals j"
)
_ID_DIGITS_MAX: Final = 18


def with_entries(row: asyncpg.Record) -> dict[str, Any]:
    """
    A row with `ENTRIES`, the entries as objects.
    """
    return {**row, "entries": msgspec.json.decode(row["entries"] or "[]")}


async def list_journals(database: Database, merchant_id: UUID, wanted: PageRequest) -> Page:
    """
    The merchant's journals, newest first.
    """
    conditions = Conditions(merchant_id)
    conditions.between("at", wanted)
    for name, value in wanted.filters.items():
        conditions.add(f"{name} = ?", value)
    total = await count(database, "ledger_journals", conditions) if wanted.is_counted else None
    if wanted.after_id is not None:
        if not (wanted.after_id.isdecimal() and len(wanted.after_id) <= _ID_DIGITS_MAX):
            return empty_page(total)
        conditions.add("id < ?", int(wanted.after_id))
    rows, has_more = await read_page(database, _JOURNALS, conditions, "id DESC", wanted)
    return Page(rows=[with_entries(row) for row in rows], total=total, has_more=has_more)


_BALANCES: Final = """
SELECT e.account, e.currency, sum(e.amount) AS balance FROM ledger_journals j JOIN ledger_entries e ON e.journal_id = j.id
WHERE j.merchant_id = $1 GROUP BY e.account, e.currency ORDER BY e.account, e.currency"""


async def read_balances(database: Database, merchant_id: UUID) -> list[Any]:
    """
    What stands on each account, by currency; debits are positive.
    """
    return await database.read(_BALANCES, merchant_id)
