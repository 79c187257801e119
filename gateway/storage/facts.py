"""
Writes what a transaction records beside its row, in one statement: moves, events, deliveries, ledger, work.
"""

from typing import Final

import msgspec

from gateway.domain.facts import Facts
from gateway.domain.instants import format_instant
from gateway.domain.work import WorkKind
from gateway.storage.database import Connection, Database

_WRITE: Final = """
WITH f AS (SELECT $1::jsonb AS doc, ($2::text)::timestamptz AS at, $3::uuid AS merchant),
changes AS (
    INSERT INTO state_changes (entity_id, version, from_state, to_state, cause, at)
    SELECT c.entity_id, c.version, c.from_state, c.to_state, c.cause, f.at
    FROM f, jsonb_to_recordset(f.doc -> 'changes') AS c (entity_id text, version int, from_state text, to_state text, cause text)
), announced AS (
    INSERT INTO events (id, merchant_id, type, entity_id, data, created_at)
    SELECT e.id, f.merchant, e.type, e.entity_id, e.payload::json, f.at
    FROM f, jsonb_to_recordset(f.doc -> 'events') AS e (id text, type text, entity_id text, payload text)
), logged AS (
    INSERT INTO webhook_logs (id, merchant_id, event, payload, next_retry_at, created_at, event_id, entity_id, body)
    SELECT d.id, f.merchant, d.type, d.body::jsonb, f.at, f.at, d.event_id, d.entity_id, convert_to(d.body, 'UTF8')
    FROM f, jsonb_to_recordset(f.doc -> 'deliveries') AS d (id uuid, type text, event_id text, entity_id text, body text)
), journals AS (
    INSERT INTO ledger_journals (merchant_id, kind, entity_id, payment_id, at)
    SELECT f.merchant, j.kind, j.entity_id, j.payment_id, f.at
    FROM f, jsonb_to_recordset(f.doc -> 'journals') AS j (kind text, entity_id text, payment_id text)
    RETURNING id, kind, entity_id
), entries AS (
    INSERT INTO ledger_entries (journal_id, account, amount, currency)
    SELECT journals.id, e.account, e.amount, e.currency
    FROM f, jsonb_to_recordset(f.doc -> 'entries') AS e (kind text, entity_id text, account text, amount bigint, currency text)
    JOIN journals USING (kind, entity_id)
)
INSERT INTO work_items (kind, entity_id, merchant_id, due_at, created_at)
SELECT w.kind, w.entity_id, f.merchant, w.due_at, f.at
FROM f, jsonb_to_recordset(f.doc -> 'work') AS w (kind text, entity_id text, due_at timestamptz)
ON CONFLICT (kind, entity_id) DO UPDATE SET state = 'waiting', due_at = EXCLUDED.due_at, lease_until = NULL, lease_owner = NULL, fence = work_items.fence + 1,
    attempts = 0, crashes = 0, finished_at = NULL
"""


async def write_facts(connection: Connection, facts: Facts) -> None:
    """
    Record everything in `facts`; part of the caller's transaction.
    """
    at = format_instant(facts.at)
    deliveries_due = [
        {"kind": WorkKind.DELIVERY.value, "entity_id": str(delivery.id), "due_at": at}
        for delivery in facts.deliveries
    ]
    document = {
        "changes": facts.changes,
        "events": [
            {
                "id": event.id,
                "type": event.type.value,
                "entity_id": event.entity_id,
                "payload": msgspec.json.encode(event.payload).decode(),
            }
            for event in facts.events
        ],
        "deliveries": [
            {
                "id": str(delivery.id),
                "type": delivery.event.type.value,
                "event_id": delivery.event.id,
                "entity_id": delivery.event.entity_id,
                "body": delivery.body.decode(),
            }
            for delivery in facts.deliveries
        ],
        "journals": [
            {"kind": j.kind.value, "entity_id": j.entity_id, "payment_id": j.payment_id}
            for j in facts.journals
        ],
        "entries": [
            {
                "kind": j.kind.value,
                "entity_id": j.entity_id,
                "account": account,
                "amount": amount,
                "currency": j.currency,
            }
            for j in facts.journals
            for account, amount in j.entries
        ],
        "work": [
            {"kind": w.kind.value, "entity_id": w.entity_id, "due_at": format_instant(w.due_at)}
            for w in facts.work
        ]
        + deliveries_due,
    }
    await connection.execute(_WRITE, msgspec.json.encode(document).decode(), at, facts.merchant_id)


async def record(database: Database, facts: Facts) -> None:
    """
    Write facts that change no row of their own.
    """

    async def work(connection: Connection) -> None:
        await write_facts(connection, facts)

    await database.transact(work)
