"""
Refunds: the reservation that cannot exceed the payment, claim, outcome, reads.
"""

import contextlib
from typing import Any, Final
from uuid import UUID

import asyncpg

from gateway.domain.facts import Facts
from gateway.domain.idempotency import StoredResponse
from gateway.domain.payment import Payment
from gateway.domain.refund import Refund, RefundStatus
from gateway.domain.work import Claim, WorkRef
from gateway.storage.database import Connection, Database
from gateway.storage.facts import write_facts
from gateway.storage.idempotency import KEY_CTE, key_arguments
from gateway.storage.payments import payment_of
from gateway.storage.uniqueness import Tries, id_taken_by
from gateway.storage.work import CLAIM_CTE, RELEASE_CTE, ClaimLost, claim_of


def refund_of(row: asyncpg.Record, prefix: str = "") -> Refund:
    """
    Build the domain object from a row with every column of `refunds`, each with `prefix`.
    """
    return Refund(
        id=row[f"{prefix}id"],
        payment_id=row[f"{prefix}payment_id"],
        merchant_id=row[f"{prefix}merchant_id"],
        amount_minor=row[f"{prefix}amount"],
        reason=row[f"{prefix}reason"],
        status=RefundStatus(row[f"{prefix}status"]),
        created_at=row[f"{prefix}created_at"],
        processed_at=row[f"{prefix}processed_at"],
        bank_state=row[f"{prefix}bank_state"],
        bank_request_id=row[f"{prefix}bank_request_id"],
        bank_reference=row[f"{prefix}bank_reference"],
        needs_review=row[f"{prefix}needs_review"],
        version=row[f"{prefix}version"],
    )


class RefundOutcome:
    """
    What became of a try to create a refund: created, key taken, or not enough left.
    """

    CREATED: Final = "created"
    KEY_TAKEN: Final = "key_taken"
    NOT_ENOUGH: Final = "not_enough"


#: One conditional UPDATE decides every race: what is left is compared and taken in the same statement.
_RESERVE: Final = f"""
WITH {KEY_CTE}, reserved AS (
    UPDATE payments SET refunded_minor = refunded_minor + $9::bigint, updated_at = $3::timestamptz
    WHERE id = $10::text AND merchant_id = $2::uuid AND status = 'success' AND paid_minor - refunded_minor >= $9::bigint
        AND ($1::text IS NULL OR EXISTS (SELECT 1 FROM kept))
    RETURNING 1
), created AS (
    INSERT INTO refunds (id, payment_id, merchant_id, amount, reason, created_at, bank_request_id)
    SELECT $11::text, $10::text, $2::uuid, $9::bigint, $12::text, $3::timestamptz, $13::text FROM reserved RETURNING id
)
SELECT ($1::text IS NULL OR EXISTS (SELECT 1 FROM kept)) AS kept, EXISTS (SELECT 1 FROM reserved) AS reserved"""


class _NotEnough(Exception):
    """
    Rolls the reservation back, key included.
    """


async def insert_refund(
    database: Database, refund: Refund, facts: Facts, stored: StoredResponse | None
) -> str:
    """
    Reserve the amount and create the refund with its facts; one of `RefundOutcome`.  Raises `IdTaken`.
    """
    tries = Tries()

    async def work(connection: Connection) -> str:
        tries.begin()
        row = await connection.fetchrow(
            _RESERVE,
            *key_arguments(stored, refund.merchant_id, refund.created_at),
            refund.amount_minor,
            refund.payment_id,
            refund.id,
            refund.reason,
            refund.bank_request_id,
        )
        assert row is not None
        if not row["kept"]:
            return RefundOutcome.KEY_TAKEN
        if not row["reserved"]:
            raise _NotEnough
        await write_facts(connection, facts)
        return RefundOutcome.CREATED

    try:
        with id_taken_by("refunds_pkey", tries):
            return await database.transact(work)
    except _NotEnough:
        return RefundOutcome.NOT_ENOUGH
    return RefundOutcome.CREATED


_CLAIM: Final = f"""
WITH {CLAIM_CTE}, earlier AS (
    SELECT count(*) FILTER (WHERE outcome IS DISTINCT FROM 'not_sent' AND outcome IS DISTINCT FROM 'deferred') AS sent
    FROM bank_calls b JOIN claimed ON b.entity_id = claimed.entity_id
), intent AS (
    INSERT INTO bank_calls (bank_request_id, entity_id, operation, sent_at, at)
    SELECT r.bank_request_id, r.id, CASE WHEN earlier.sent > 0 THEN 'inquire' ELSE 'refund' END, clock_timestamp(), business_now()
    FROM claimed JOIN refunds r ON r.id = claimed.entity_id, earlier
    RETURNING id
)
SELECT p.*, r.id AS r_id, r.payment_id AS r_payment_id, r.merchant_id AS r_merchant_id, r.amount AS r_amount, r.reason AS r_reason,
    r.status AS r_status, r.created_at AS r_created_at, r.processed_at AS r_processed_at, r.bank_state AS r_bank_state,
    r.bank_request_id AS r_bank_request_id, r.bank_reference AS r_bank_reference, r.needs_review AS r_needs_review, r.version AS r_version,
    claimed.kind, claimed.entity_id, claimed.merchant_id AS work_merchant_id, claimed.fence, claimed.attempts AS work_attempts,
    claimed.crashes, claimed.created_at AS work_created_at, business_now() AS now, intent.id AS bank_call_id, earlier.sent > 0 AS is_resend
FROM claimed JOIN refunds r ON r.id = claimed.entity_id JOIN payments p ON p.id = r.payment_id, intent, earlier"""


async def claim_refund(
    database: Database, ref: WorkRef, *, owner: str, lease_s: float
) -> tuple[Claim, Refund, Payment] | None:
    """
    Take the work and commit the intent to call the bank; None when there is nothing to take.
    """
    row = await database.statement(_CLAIM, ref.kind.value, ref.entity_id, owner, lease_s)
    if row is None:
        return None
    claim = claim_of(row, bank_call_id=row["bank_call_id"], is_resend=row["is_resend"])
    return claim, refund_of(row, "r_"), payment_of(row)


_SETTLE: Final = f"""
WITH {RELEASE_CTE}, called AS (
    UPDATE bank_calls SET finished_at = clock_timestamp(), outcome = $6, detail = $7 WHERE id = $8
), settled AS (
    UPDATE refunds SET status = $9::text, bank_state = $10, bank_reference = $11, processed_at = $12, needs_review = $13, version = version + 1
    FROM released WHERE id = $2::text AND version = $14 RETURNING payment_id, amount
), given_back AS (
    UPDATE payments SET refunded_minor = refunded_minor - settled.amount, updated_at = $15 FROM settled
    WHERE payments.id = settled.payment_id AND $9::text = 'failed'
)
SELECT 1 FROM settled"""


async def settle_refund(
    database: Database,
    claim: Claim,
    before: Refund,
    after: Refund,
    *,
    work: tuple[str, Any],
    call: tuple[str, str | None],
    facts: Facts,
) -> bool:
    """
    Write what the bank said, guarded by the fence; a failed refund gives its reservation back.  False when the claim was lost.
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
            after.bank_state,
            after.bank_reference,
            after.processed_at,
            after.needs_review,
            before.version,
            facts.at,
        )
        if row is None:
            raise ClaimLost
        await write_facts(connection, facts)
        return True

    with contextlib.suppress(ClaimLost):
        return await database.transact(transaction)
    return False


async def find_refund(
    database: Database, refund_id: str, *, merchant_id: UUID | None
) -> Refund | None:
    """
    The refund, if it exists and belongs to the merchant.
    """
    row = await database.read_one(
        "SELECT * FROM refunds WHERE id = $1 AND ($2::uuid IS NULL OR merchant_id = $2)",
        refund_id,
        merchant_id,
    )
    return None if row is None else refund_of(row)


async def payment_for_refund(
    database: Database, payment_id: str, *, merchant_id: UUID
) -> tuple[Payment, int] | None:
    """
    The payment and how many refunds it has.
    """
    row = await database.read_one(
        "SELECT p.*, (SELECT count(*) FROM refunds r WHERE r.payment_id = p.id) AS refund_count "
        "FROM payments p WHERE id = $1 AND merchant_id = $2",
        payment_id,
        merchant_id,
    )
    return None if row is None else (payment_of(row), row["refund_count"])
