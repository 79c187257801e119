"""
Payments: creation, claim, the guarded outcome, reads.
"""

import contextlib
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from gateway.domain.facts import Facts
from gateway.domain.idempotency import StoredResponse
from gateway.domain.payment import BankState, CaptureMethod, Payment, PaymentStatus
from gateway.domain.work import Claim, WorkRef
from gateway.storage.database import Connection, Database
from gateway.storage.facts import write_facts
from gateway.storage.idempotency import KEY_CTE, key_arguments
from gateway.storage.uniqueness import Tries, id_taken_by
from gateway.storage.work import CLAIM_CTE, RELEASE_CTE, ClaimLost, claim_of


def payment_of(row: asyncpg.Record) -> Payment:
    """
    Build the domain object from a row with every column of `payments`.
    """
    return Payment(
        id=row["id"],
        order_id=row["order_id"],
        merchant_id=row["merchant_id"],
        amount_minor=row["amount"],
        currency=row["currency"],
        method=row["method"],
        status=PaymentStatus(row["status"]),
        vpa=row["vpa"],
        card_network=row["card_network"],
        card_last4=row["card_last4"],
        error_code=row["error_code"],
        error_description=row["error_description"],
        captured=row["captured"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        capture_method=CaptureMethod(row["capture_method"]),
        authorised_minor=row["authorised_minor"],
        paid_minor=row["paid_minor"],
        refunded_minor=row["refunded_minor"],
        bank_state=BankState(row["bank_state"]),
        bank_request_id=row["bank_request_id"],
        bank_reference=row["bank_reference"],
        bank_instrument=msgspec.json.decode(row["bank_instrument"]),
        decline_code=row["decline_code"],
        scenario=row["scenario"],
        test_trigger=row["test_trigger"],
        next_action_url=row["next_action_url"],
        needs_review=row["needs_review"],
        version=row["version"],
    )


_INSERT: Final = f"""
WITH {KEY_CTE}
INSERT INTO payments (id, order_id, merchant_id, amount, currency, method, vpa, card_network, card_last4, created_at, updated_at,
    capture_method, bank_request_id, bank_instrument, scenario)
SELECT $9::text, $10::text, $2::uuid, $11::bigint, $12::text, $13::text, $14::text, $15::text, $16::text, $3::timestamptz, $3::timestamptz,
    $17::text, $18::text, $19::json, $20::text
WHERE $1::text IS NULL OR EXISTS (SELECT 1 FROM kept)
RETURNING id"""


async def insert_payment(
    database: Database, payment: Payment, facts: Facts, stored: StoredResponse | None
) -> bool:
    """
    Create the payment with its facts and the answer for its idempotency key, all or nothing.

    False when the key is taken: nothing was created.  Raises `IdTaken`.
    """
    tries = Tries()

    async def work(connection: Connection) -> bool:
        tries.begin()
        row = await connection.fetchrow(
            _INSERT,
            *key_arguments(stored, payment.merchant_id, payment.created_at),
            payment.id,
            payment.order_id,
            payment.amount_minor,
            payment.currency,
            payment.method,
            payment.vpa,
            payment.card_network,
            payment.card_last4,
            payment.capture_method.value,
            payment.bank_request_id,
            msgspec.json.encode(payment.bank_instrument).decode(),
            payment.scenario,
        )
        if row is None:
            return False
        await write_facts(connection, facts)
        return True

    with id_taken_by("payments_pkey", tries):
        return await database.transact(work)
    return True


_CLAIM: Final = f"""
WITH {CLAIM_CTE}, earlier AS (
    SELECT count(*) FILTER (WHERE outcome IS DISTINCT FROM 'not_sent' AND outcome IS DISTINCT FROM 'deferred') AS sent
    FROM bank_calls b JOIN claimed ON b.entity_id = claimed.entity_id AND b.operation IN ('authorise', 'inquire')
), intent AS (
    INSERT INTO bank_calls (bank_request_id, entity_id, operation, sent_at, at)
    SELECT p.bank_request_id, p.id, CASE WHEN earlier.sent > 0 THEN 'inquire' ELSE 'authorise' END, clock_timestamp(), business_now()
    FROM claimed JOIN payments p ON p.id = claimed.entity_id, earlier
    RETURNING id
)
SELECT p.*, claimed.kind, claimed.entity_id, claimed.merchant_id AS work_merchant_id, claimed.fence, claimed.attempts AS work_attempts,
    claimed.crashes, claimed.created_at AS work_created_at, business_now() AS now, intent.id AS bank_call_id, earlier.sent > 0 AS is_resend
FROM claimed JOIN payments p ON p.id = claimed.entity_id, intent, earlier"""


async def claim_payment(
    database: Database, ref: WorkRef, *, owner: str, lease_s: float
) -> tuple[Claim, Payment] | None:
    """
    Take the work, and commit the intent to call the bank about it; None when there is nothing to take.
    """
    row = await database.statement(_CLAIM, ref.kind.value, ref.entity_id, owner, lease_s)
    if row is None:
        return None
    claim = claim_of(row, bank_call_id=row["bank_call_id"], is_resend=row["is_resend"])
    return claim, payment_of(row)


_SETTLE: Final = f"""
WITH {RELEASE_CTE}, called AS (
    UPDATE bank_calls SET finished_at = clock_timestamp(), outcome = $6, detail = $7 WHERE id = $8
)
UPDATE payments SET status = $9::text, bank_state = $10, authorised_minor = $11, paid_minor = $12, bank_reference = $13, decline_code = $14,
    error_code = $15, error_description = $16, test_trigger = $17, next_action_url = $18, needs_review = $19, updated_at = $20::timestamptz,
    decided_at = CASE WHEN status = 'pending' AND $9::text IN ('success', 'failed') THEN $20::timestamptz ELSE decided_at END, version = version + 1
FROM released WHERE id = $2::text AND version = $21 RETURNING id"""


async def settle_payment(
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
    Write what the bank said: payment, work item, bank call and facts, guarded by the fence; False when the claim was lost.

    `work` is the item's new state and due instant, `call` the outcome of the bank call and its detail.
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
            after.authorised_minor,
            after.paid_minor,
            after.bank_reference,
            after.decline_code,
            after.error_code,
            after.error_description,
            after.test_trigger,
            after.next_action_url,
            after.needs_review,
            after.updated_at,
            before.version,
        )
        if row is None:
            raise ClaimLost
        await write_facts(connection, facts)
        return True

    with contextlib.suppress(ClaimLost):
        return await database.transact(transaction)
    return False


async def find_payment(
    database: Database, payment_id: str, *, merchant_id: UUID | None
) -> Payment | None:
    """
    The payment, if it exists and belongs to the merchant (None = any merchant, for public routes and workers).
    """
    row = await database.read_one(
        "SELECT * FROM payments WHERE id = $1 AND ($2::uuid IS NULL OR merchant_id = $2)",
        payment_id,
        merchant_id,
    )
    return None if row is None else payment_of(row)


async def find_payments(
    database: Database, payment_ids: list[str], *, merchant_id: UUID
) -> dict[str, Payment]:
    """
    The merchant's payments with these ids, by id.
    """
    rows = await database.read(
        "SELECT * FROM payments WHERE id = ANY ($1) AND merchant_id = $2", payment_ids, merchant_id
    )
    return {row["id"]: payment_of(row) for row in rows}
