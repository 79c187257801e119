"""
Everything that is written down about one payment, its refunds, captures and voids.
"""

from typing import Any, Final
from uuid import UUID

from gateway.storage.database import Database
from gateway.storage.ledger import ENTRIES, with_entries

#: Rows of one kind; nothing short of a loop has more.
ROWS_MAX: Final = 1_000
_ENTITIES: Final = """
SELECT id FROM payments WHERE id = $1 AND merchant_id = $2
UNION ALL SELECT r.id FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.id = $1 AND p.merchant_id = $2"""
_CHANGES: Final = (
    "SELECT at, entity_id, version, from_state, to_state, cause FROM state_changes "
    f"WHERE entity_id = ANY ($1) ORDER BY id LIMIT {ROWS_MAX}"
)
_JOBS: Final = (
    "SELECT created_at, entity_id, kind, CASE WHEN state = 'waiting' AND lease_until >= clock_timestamp() THEN 'running' ELSE state END AS state, "
    "due_at, attempts, crashes, finished_at, lease_until FROM work_items WHERE kind <> 'delivery' AND entity_id = ANY ($1) ORDER BY created_at"
)
_CALLS: Final = (
    "SELECT at, sent_at, finished_at, entity_id, operation, bank_request_id, outcome, detail FROM bank_calls "
    f"WHERE entity_id = ANY ($1) ORDER BY id LIMIT {ROWS_MAX}"
)
_CALLBACKS: Final = (
    "SELECT received_at, entity_id, type, bank_event_id FROM bank_events "
    f"WHERE entity_id = ANY ($1) ORDER BY received_at LIMIT {ROWS_MAX}"
)
_JOURNALS: Final = (
    f"SELECT j.at, j.entity_id, j.kind, {ENTRIES} FROM ledger_journals j WHERE j.payment_id = $1 AND j.merchant_id = $2 "
    f"ORDER BY j.id LIMIT {ROWS_MAX}"
)


async def entities_of(database: Database, payment_id: str, *, merchant_id: UUID) -> list[str]:
    """
    The ids of the merchant's payment and its refunds; none when there is no such payment.
    """
    return [row["id"] for row in await database.read(_ENTITIES, payment_id, merchant_id)]


async def changes_of(database: Database, entities: list[str]) -> list[Any]:
    """
    Changes of state, oldest first.
    """
    return await database.read(_CHANGES, entities)


async def jobs_of(database: Database, entities: list[str]) -> list[Any]:
    """
    Work items; deliveries are not among them.
    """
    return await database.read(_JOBS, entities)


async def bank_calls_of(database: Database, entities: list[str]) -> list[Any]:
    """
    Calls to the bank: `at` is business time (None in rows of the first release), `sent_at` and `finished_at` are real time.
    """
    return await database.read(_CALLS, entities)


async def bank_callbacks_of(database: Database, entities: list[str]) -> list[Any]:
    """
    Callbacks of the bank that were taken.
    """
    return await database.read(_CALLBACKS, entities)


async def journals_of(database: Database, payment_id: str, *, merchant_id: UUID) -> list[Any]:
    """
    The payment's journals with their entries.
    """
    rows = await database.read(_JOURNALS, payment_id, merchant_id)
    return [with_entries(row) for row in rows]
