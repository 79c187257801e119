"""
What stands in the database.
"""

from conformance.harness import expect
from conformance.harness.channels.endpoint import Endpoint
from conformance.harness.channels.postgres import Row
from conformance.harness.channels.sql import Database
from conformance.harness.channels.subscription import Subscription
from conformance.harness.channels.waiting import a_failing_webhook
from conformance.harness.clock import wait_until
from conformance.harness.evidence import Transcript
from conformance.harness.inbox import Inbox
from conformance.harness.outcomes import Blocked
from conformance.harness.requirements import requirement
from conformance.harness.target import CARD, LOGGED_WITHIN_S, Gateway, PaymentSeen
from conformance.harness.verdict import Level


@requirement("PGC-DBS-011", source="contract 1.2")
async def test_test_merchant_is_seeded(database: Database, gateway: Gateway) -> None:
    """
    The seeded merchant MUST stand in `merchants` once, with its published id, e-mail and key.
    """
    rows = await database.query(
        "SELECT id::text, email, is_active::text FROM merchants WHERE api_key = {key}",
        key=gateway.profile.auth["key"],
    )

    seeded = {
        "id": "550e8400-e29b-41d4-a716-446655440000",
        "email": "test@example.com",
        "is_active": "true",
    }
    expect.equal([dict(row) for row in rows], [seeded], "the seeded merchant")


@requirement("PGC-DBS-012", source="contract 1.5.2; wild-bugs M45", level=Level.SAFETY)
async def test_card_number_is_not_stored(
    carded: PaymentSeen, database: Database, subscription: Subscription, inbox: Inbox
) -> None:
    """
    After a card payment no column of the database MUST ever hold the card number.
    """
    if subscription.home is not None:
        await inbox.any_of([("payment.success", carded.id)], within_s=5.0)

    places = await database.places_of([CARD["number"]])

    expect.that(not places, f"expected the card number nowhere, found it in {places}")
    row = await database.query(
        "SELECT card_last4 FROM payments WHERE id = {payment_id}", payment_id=carded.id
    )
    if [r["card_last4"] for r in row] != [CARD["number"][-4:]]:
        raise Blocked("needed card_last4 in the payment's row, which shows that the card was seen")


@requirement("PGC-DBS-013", source="contract 1.5.4, 1.9")
async def test_capture_is_recorded(gateway: Gateway, database: Database) -> None:
    """
    The capture of a payment MUST set `payments.captured`.
    """
    payment = await gateway.successful_payment()
    statement = "SELECT captured::text AS captured FROM payments WHERE id = {payment_id}"
    before = await database.query(statement, payment_id=payment.id)
    captured = await gateway.capture(payment.id, payment.amount_minor)
    expect.precondition(captured, 200)

    after = await database.query(statement, payment_id=payment.id)

    found = [row["captured"] for row in (*before, *after)]
    expect.equal(found, ["false", "true"], "captured before and after")


@requirement("PGC-DBS-014", source="contract 1.7; wild-bugs M27, M28")
async def test_next_retry_is_in_the_database(
    gateway: Gateway,
    database: Database,
    subscription: Subscription,
    endpoint: Endpoint,
    transcript: Transcript,
) -> None:
    """
    While attempts remain `webhook_logs.next_retry_at` MUST hold when the next one is due.
    """
    waiting = await a_failing_webhook(gateway, subscription, endpoint)

    rows = await _rows_once_written(
        database,
        transcript,
        "SELECT status, (next_retry_at > last_attempt_at)::text AS later FROM webhook_logs "
        "WHERE response_code::text = {status} AND position({order_id} in payload::text) > 0",
        status=str(waiting.status),
        order_id=waiting.order_id,
    )

    expect.equal([dict(r) for r in rows], [{"status": "pending", "later": "true"}], "the log's row")


async def _rows_once_written(
    database: Database, transcript: Transcript, statement: str, **texts: str
) -> list[Row]:
    """
    The rows once there are some: the target writes down an attempt after the endpoint has seen it end.  The evidence keeps the last look.
    """
    noted = len(transcript.notes)

    async def look() -> list[Row] | None:
        return await database.query(statement, **texts) or None

    rows = await wait_until(look, within_s=LOGGED_WITHIN_S)
    del transcript.notes[noted:-1]
    return rows or []


@requirement("PGC-DBS-015", source="contract 1.5.3, 1.9")
async def test_keys_live_for_a_day(gateway: Gateway, database: Database, run_seed: str) -> None:
    """
    A used Idempotency-Key MUST stand in `idempotency_keys` with `expires_at` 24 hours after `created_at`.
    """
    key = f"{run_seed}-in-the-database"
    answer = await gateway.upi_payment(await gateway.order(), key=key)
    expect.precondition(answer, 201)

    rows = await database.query(
        "SELECT round(extract(epoch FROM expires_at - created_at) / 3600)::int::text AS hours "
        "FROM idempotency_keys WHERE key = {key}",
        key=key,
    )

    expect.equal([row["hours"] for row in rows], ["24"], "hours until the key expires")
