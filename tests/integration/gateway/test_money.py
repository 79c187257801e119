"""
Money under races: one payment for one key, refunds never above the payment, books that balance.
"""

import asyncio

import asyncpg
import pytest

from paywright.sandbox import Sandbox
from tests.merchant import Merchant


async def test_one_key_makes_one_payment(merchant: Merchant) -> None:
    """
    40 keys × 25 concurrent requests = 40 payments; every answer is 201 with the same bytes, or 409.
    """
    order_id = await merchant.order()
    for round_number in range(40):
        answers = await asyncio.gather(
            *(merchant.pay(order_id, key=f"{order_id}-{round_number}") for _ in range(25))
        )
        good = {answer.content for answer in answers if answer.status_code == 201}
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len(good) == 1

    page = await merchant.http.get("/api/v1/payments", params={"order_id": order_id})
    assert page.json()["total"] == 40


async def test_refunds_never_exceed_the_payment(merchant: Merchant) -> None:
    """
    50 four-way races of 60 % each: exactly one is accepted.
    """
    payments = [await merchant.paid(10_000) for _ in range(50)]

    async def race(payment_id: str) -> int:
        answers = await asyncio.gather(*(merchant.refund(payment_id, 6_000) for _ in range(4)))
        return sum(answer.status_code == 201 for answer in answers)

    accepted = await asyncio.gather(*(race(payment_id) for payment_id in payments))

    assert accepted == [1] * 50


async def test_same_key_for_another_body_replays_with_a_warning(merchant: Merchant) -> None:
    """
    The contract profile returns the first response and says so; the strict profile answers 422.
    """
    first = await merchant.pay(await merchant.order(), key=merchant.inbox)

    second = await merchant.pay(await merchant.order(), key=merchant.inbox)

    assert second.content == first.content
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Warning" in second.headers


async def test_key_of_another_operation_is_refused(merchant: Merchant) -> None:
    """
    A payment is never replayed to a refund.
    """
    payment_id = await merchant.paid(key=f"{merchant.inbox}-op")

    answer = await merchant.http.post(
        f"/api/v1/payments/{payment_id}/refunds",
        json={"amount": 100},
        headers={"Idempotency-Key": f"{merchant.inbox}-op"},
    )

    assert answer.status_code == 422


async def test_ledger_balances_and_is_append_only(merchant: Merchant, sandbox: Sandbox) -> None:
    """
    Every journal sums to zero, columns equal the ledger, and rows cannot be changed.
    """
    payment_id = await merchant.paid(10_000)
    await merchant.refund(payment_id, 4_000)
    connection = await asyncpg.connect(sandbox.urls.database)
    try:
        crooked = await connection.fetchval(
            "SELECT count(*) FROM (SELECT 1 FROM ledger_entries GROUP BY journal_id, currency HAVING sum(amount) <> 0) AS x"
        )
        owed = await connection.fetchval(
            "SELECT -sum(e.amount) FROM ledger_entries e JOIN ledger_journals j ON j.id = e.journal_id "
            "WHERE j.payment_id = $1 AND e.account = 'merchant_payable'",
            payment_id,
        )
        assert (crooked, owed) == (0, 6_000)
        for statement in (
            "UPDATE ledger_entries SET amount = 1",
            "DELETE FROM ledger_journals",
            "DELETE FROM state_changes",
            "TRUNCATE events",
        ):
            with pytest.raises(asyncpg.PostgresError):
                await connection.execute(statement)
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(
                "UPDATE payments SET refunded_minor = amount + 1 WHERE id = $1", payment_id
            )
    finally:
        await connection.close()


async def test_card_numbers_are_nowhere_at_rest(merchant: Merchant, sandbox: Sandbox) -> None:
    """
    A canary card through success, decline and refusal: not in the database, not in any log, not in Valkey's file.
    """
    canary, cvv = "4485275742308327", "9471"
    for number in (canary, "4000000000000002", canary[:-1] + "8"):
        card = {
            "number": number,
            "expiry_month": "12",
            "expiry_year": "2035",
            "cvv": cvv,
            "holder_name": "C",
        }
        order_id = await merchant.order()
        answer = await merchant.http.post(
            "/api/v1/payments", json={"order_id": order_id, "method": "card", "card": card}
        )
        if answer.status_code == 201:
            await merchant.decided(answer.json()["id"])
    connection = await asyncpg.connect(sandbox.urls.database)
    try:
        tables = [
            row["tablename"]
            for row in await connection.fetch(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
        ]
        rows = [
            str(row)
            for table in tables
            for row in await connection.fetch(f"SELECT t::text FROM {table} AS t")
        ]
    finally:
        await connection.close()
    files = [
        path.read_bytes()
        for folder in ("logs", "bank", "valkey", "receiver")
        for path in (sandbox.state / folder).rglob("*")
        if path.is_file()
    ]

    assert not any(canary in row or f'"{cvv}"' in row for row in rows)
    assert not any(canary.encode() in data for data in files)
    assert len(files) > 5
