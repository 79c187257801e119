"""
What our books say that the bank moved, for reconciliation.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.domain.reconciliation import Movement
from gateway.storage.database import Database

# Journals of one request to the bank net out: a capture that the bank refused was never there.  A late authorisation and its reversal have no
# journal, since the merchant is owed nothing, but the bank moved the money both ways.
_MOVEMENTS: Final = """
WITH moved AS (
    SELECT CASE j.kind WHEN 'sale' THEN p.bank_request_id WHEN 'refund_processed' THEN r.bank_request_id
            WHEN 'dispute_opened' THEN j.entity_id || ':opened' WHEN 'dispute_won' THEN j.entity_id || ':won' ELSE p.id || ':capture:1' END AS request_id,
        e.amount, e.currency, j.at
    FROM ledger_journals j
    JOIN ledger_entries e ON e.journal_id = j.id AND e.account = 'bank_receivable'
    JOIN payments p ON p.id = j.payment_id
    LEFT JOIN refunds r ON r.id = j.entity_id
    WHERE j.merchant_id = $1 AND j.at >= $2 AND j.at < $3 AND j.kind IN ('sale', 'capture', 'capture_failed', 'refund_processed', 'dispute_opened', 'dispute_won')
    UNION ALL
    SELECT CASE s.to_state WHEN 'failed/reversed' THEN p.id || ':reversal:1' ELSE p.bank_request_id END,
        CASE s.to_state WHEN 'failed/reversed' THEN -p.amount ELSE p.amount END, p.currency, s.at
    FROM state_changes s JOIN payments p ON p.id = s.entity_id
    WHERE p.merchant_id = $1 AND s.at >= $2 AND s.at < $3
        AND (s.to_state = 'failed/late_authorised' OR (s.to_state = 'failed/reversed' AND s.from_state = 'failed/late_authorised'))
)
SELECT request_id, sum(amount)::bigint AS amount, currency, min(at) AS at FROM moved GROUP BY request_id, currency HAVING sum(amount) <> 0
ORDER BY request_id"""


async def movements(
    database: Database, merchant_id: UUID, *, since: datetime, until: datetime
) -> list[Movement]:
    """
    Money that our books say moved at the bank from `since` up to `until`.
    """
    rows = await database.read(_MOVEMENTS, merchant_id, since, until)
    return [
        Movement(
            request_id=row["request_id"],
            kind="debit" if row["amount"] > 0 else "credit",
            amount_minor=abs(row["amount"]),
            currency=row["currency"],
            day=row["at"].date(),
        )
        for row in rows
    ]


async def merchants_with_payments(database: Database) -> list[UUID]:
    """
    The merchants that have anything to reconcile.
    """
    rows = await database.read("SELECT DISTINCT merchant_id FROM payments ORDER BY merchant_id")
    return [row["merchant_id"] for row in rows]
