"""
Capture and void of payments: the conditional change first, the bank's part as work.
"""

import contextlib
from typing import Any, Final

from gateway.domain.facts import Facts
from gateway.domain.idempotency import StoredResponse
from gateway.domain.payment import Payment
from gateway.domain.work import Claim, WorkRef
from gateway.storage.database import Connection, Database
from gateway.storage.facts import write_facts
from gateway.storage.idempotency import KEY_CTE, key_arguments
from gateway.storage.payments import payment_of
from gateway.storage.work import CLAIM_CTE, RELEASE_CTE, ClaimLost, claim_of


class Change:
    """
    What became of a try to change a payment: done, key taken, or its state forbids it by now.
    """

    DONE: Final = "done"
    KEY_TAKEN: Final = "key_taken"
    REFUSED: Final = "refused"


class _Refused(Exception):
    """
    Rolls the change back, key included.
    """


#: $9 payment, $10 new paid_minor, $11 captured flag, $12 new status, $13 version seen.
_CHANGE: Final = f"""
WITH {KEY_CTE}, changed AS (
    UPDATE payments SET paid_minor = $10, captured = $11, status = $12, updated_at = $3::timestamptz, version = version + 1
    WHERE id = $9 AND merchant_id = $2::uuid AND version = $13 AND ($1::text IS NULL OR EXISTS (SELECT 1 FROM kept))
    RETURNING 1
)
SELECT ($1::text IS NULL OR EXISTS (SELECT 1 FROM kept)) AS kept, EXISTS (SELECT 1 FROM changed) AS changed"""


async def change_payment(
    database: Database, before: Payment, after: Payment, facts: Facts, stored: StoredResponse | None
) -> str:
    """
    Apply a capture or void to the payment as it was seen; one of `Change`.
    """

    async def work(connection: Connection) -> str:
        row = await connection.fetchrow(
            _CHANGE,
            *key_arguments(stored, before.merchant_id, facts.at),
            before.id,
            after.paid_minor,
            after.captured,
            after.status.value,
            before.version,
        )
        assert row is not None
        if not row["kept"]:
            return Change.KEY_TAKEN
        if not row["changed"]:
            raise _Refused
        await write_facts(connection, facts)
        return Change.DONE

    with contextlib.suppress(_Refused):
        return await database.transact(work)
    return Change.REFUSED


_CLAIM: Final = f"""
WITH {CLAIM_CTE}, earlier AS (
    SELECT count(*) FILTER (WHERE outcome IS DISTINCT FROM 'not_sent' AND outcome IS DISTINCT FROM 'deferred') AS sent
    FROM bank_calls b JOIN claimed ON b.bank_request_id = $5::text
), intent AS (
    INSERT INTO bank_calls (bank_request_id, entity_id, operation, sent_at, at)
    SELECT $5::text, claimed.entity_id, CASE WHEN earlier.sent > 0 THEN 'inquire' ELSE claimed.kind END, clock_timestamp(), business_now() FROM claimed, earlier
    RETURNING id
)
SELECT p.*, claimed.kind, claimed.entity_id, claimed.merchant_id AS work_merchant_id, claimed.fence, claimed.attempts AS work_attempts,
    claimed.crashes, claimed.created_at AS work_created_at, business_now() AS now, intent.id AS bank_call_id, earlier.sent > 0 AS is_resend
FROM claimed JOIN payments p ON p.id = claimed.entity_id, intent, earlier"""


async def claim_followup(
    database: Database, ref: WorkRef, *, owner: str, lease_s: float, bank_request_id: str
) -> tuple[Claim, Payment] | None:
    """
    Take a capture, void or reversal and commit the intent to call the bank; None when there is nothing to take.
    """
    row = await database.statement(
        _CLAIM, ref.kind.value, ref.entity_id, owner, lease_s, bank_request_id
    )
    if row is None:
        return None
    claim = claim_of(row, bank_call_id=row["bank_call_id"], is_resend=row["is_resend"])
    return claim, payment_of(row)


_SETTLE: Final = f"""
WITH {RELEASE_CTE}, called AS (
    UPDATE bank_calls SET finished_at = clock_timestamp(), outcome = $6, detail = $7 WHERE id = $8
)
UPDATE payments SET status = $9, bank_state = $10, paid_minor = $11, captured = $12, needs_review = $13, updated_at = $14, version = version + 1
FROM released WHERE id = $2::text AND version = $15 RETURNING version"""


async def settle_followup(
    database: Database,
    claim: Claim,
    before: Payment,
    after: Payment,
    *,
    work: tuple[str, Any],
    call: tuple[str, str | None],
    facts: Facts,
) -> bool:
    """
    Write what the bank said to a capture, void or reversal; False when the claim was lost or the payment moved (the work is then done again).
    """

    async def transaction(connection: Connection) -> bool:
        row = await connection.fetchrow(
            _SETTLE,
            claim.ref.kind.value,
            claim.ref.entity_id,
            work[0],
            work[1],
            claim.fence,
            call[0],
            call[1],
            claim.bank_call_id,
            after.status.value,
            after.bank_state.value,
            after.paid_minor,
            after.captured,
            after.needs_review,
            facts.at,
            before.version,
        )
        if row is None:
            raise ClaimLost
        await write_facts(connection, facts)
        return True

    with contextlib.suppress(ClaimLost):
        return await database.transact(transaction)
    return False
