"""
Nothing is lost when processes die and when Valkey forgets everything.
"""

import asyncio
import os
import signal

import asyncpg
import httpx
import pytest
import redis.asyncio

from paywright.pytest_plugin import SandboxFactory
from paywright.sandbox import Sandbox
from tests.merchant import Merchant, open_merchant, wait_until

PAYMENTS = 200
pytestmark = pytest.mark.serial


async def _create(merchant: Merchant, count: int) -> list[str]:
    """
    Payments on one order, sixteen at a time; a request that got no answer is sent again with its key.
    """
    order_id = await merchant.order()
    gate = asyncio.Semaphore(16)

    async def one(number: int) -> str:
        async with gate:
            for _ in range(200):
                try:
                    answer = await merchant.pay(order_id, key=f"{order_id}-{number}")
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
                    continue
                if answer.status_code == 201:
                    return str(answer.json()["id"])
                await asyncio.sleep(0.05)
            raise AssertionError("a payment could not be created in 200 tries")

    return await asyncio.gather(*(one(n) for n in range(count)))


async def _nothing_is_lost(merchant: Merchant, payment_ids: list[str], *, within_s: float) -> None:
    """
    Every payment decided, every webhook of it delivered.
    """

    async def all_decided() -> bool | None:
        pages = [
            await merchant.http.get(
                "/api/v1/payments", params={"limit": 100, "offset": n, "status": "pending"}
            )
            for n in (0,)
        ]
        return True if pages[0].status_code == 200 and pages[0].json()["total"] == 0 else None

    await wait_until(all_decided, within_s=within_s, what="a decision on every payment")

    async def all_delivered() -> bool | None:
        told = {
            d["json"]["data"]["payment"]["id"]
            for d in await merchant.received(event="payment.success")
        }
        return True if set(payment_ids) <= told else None

    await wait_until(all_delivered, within_s=within_s, what="a webhook for every payment")


async def _debits(sandbox: Sandbox) -> list[str]:
    async with httpx.AsyncClient(base_url=sandbox.urls.bank, trust_env=False) as bank:
        answer = await bank.get(
            "/control/entries",
            headers={
                "X-Bank-Key": "bank_test_key",
                "X-Bank-Id": "550e8400-e29b-41d4-a716-446655440000",
            },
        )
    return [
        entry["payment_reference"] for entry in answer.json()["entries"] if entry["kind"] == "debit"
    ]


#: Each must be 0 at rest, whatever happened.  Source: reliability 2.2 (S2-S5, S8).
INVARIANTS = {
    "journals that do not balance": "SELECT count(*) FROM (SELECT 1 FROM ledger_entries GROUP BY journal_id, currency HAVING sum(amount) <> 0) AS x",
    "payments whose columns differ from the ledger": """
        SELECT count(*) FROM payments p WHERE paid_minor - refunded_minor <> coalesce((
            SELECT -sum(e.amount) FROM ledger_entries e JOIN ledger_journals j ON j.id = e.journal_id
            WHERE j.payment_id = p.id AND e.account = 'merchant_payable'), 0)""",
    "successes without their event": """
        SELECT count(*) FROM payments p WHERE status = 'success' AND (
            SELECT count(*) FROM events e WHERE e.entity_id = p.id AND e.type = 'payment.success') <> 1""",
    "events of success without a success": """
        SELECT count(*) FROM events e JOIN payments p ON p.id = e.entity_id WHERE e.type = 'payment.success' AND p.status <> 'success'""",
    "payments whose moves have gaps": """
        SELECT count(*) FROM payments p WHERE version <> (SELECT count(*) FROM state_changes c WHERE c.entity_id = p.id)""",
    "work left over": "SELECT count(*) FROM work_items WHERE state <> 'done'",
}


async def _assert_invariants(sandbox: Sandbox) -> None:
    connection = await asyncpg.connect(sandbox.urls.database)
    found = {name: await connection.fetchval(query) for name, query in INVARIANTS.items()}
    await connection.close()
    assert found == dict.fromkeys(INVARIANTS, 0)


async def test_killed_worker_loses_nothing(new_sandbox: SandboxFactory) -> None:
    """
    SIGKILL in the middle of 200 payments and a new start: 0 pending, 0 webhooks missing, 1 debit each.
    """
    async with new_sandbox() as sandbox, open_merchant(sandbox) as merchant:
        creating = asyncio.create_task(_create(merchant, PAYMENTS))

        async def some_done() -> bool | None:
            return True if len(await _debits(sandbox)) > PAYMENTS // 8 else None

        await wait_until(some_done, what="the first payments")
        sandbox.kill("worker")
        payment_ids = await creating
        pending = await merchant.http.get("/api/v1/payments", params={"status": "pending"})
        assert pending.json()["total"] > 0, "the worker was killed too late to prove anything"
        await sandbox.start("worker")

        await _nothing_is_lost(merchant, payment_ids, within_s=10)

        debits = await _debits(sandbox)
        assert len(debits) == len(set(debits)) == PAYMENTS
        await _assert_invariants(sandbox)


async def test_killed_api_orphans_nothing(new_sandbox: SandboxFactory) -> None:
    """
    SIGKILL of the API under load: callers repeat with their keys and get one payment each.
    """
    async with new_sandbox() as sandbox, open_merchant(sandbox) as merchant:
        creating = asyncio.create_task(_create(merchant, PAYMENTS))

        async def some_done() -> bool | None:
            return True if len(await _debits(sandbox)) > PAYMENTS // 8 else None

        await wait_until(some_done, what="the first payments")
        sandbox.kill("api")
        await sandbox.start("api")
        payment_ids = await creating

        await _nothing_is_lost(merchant, payment_ids, within_s=10)

        total = (await merchant.http.get("/api/v1/payments")).json()["total"]
        assert total == len(set(payment_ids)) == PAYMENTS
        await _assert_invariants(sandbox)


async def test_flushed_valkey_loses_nothing(new_sandbox: SandboxFactory) -> None:
    """
    FLUSHALL again and again in the middle of 200 payments.
    """
    async with new_sandbox() as sandbox, open_merchant(sandbox) as merchant:
        client = redis.asyncio.Redis.from_url(sandbox.urls.redis)
        creating = asyncio.create_task(_create(merchant, PAYMENTS))
        flushes = 0
        while not creating.done():
            await client.flushall()
            flushes += 1
            await asyncio.sleep(0.02)
        await client.aclose()

        await _nothing_is_lost(merchant, await creating, within_s=10)

        assert flushes > 5
        await _assert_invariants(sandbox)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["dead", "hanging"])
async def test_payments_finish_without_valkey(
    new_sandbox: SandboxFactory, number: signal.Signals
) -> None:
    """
    Valkey dead or frozen: requests are answered, the sweeper finishes every payment.
    """
    async with new_sandbox() as sandbox, open_merchant(sandbox) as merchant:
        assert sandbox.valkey is not None
        assert sandbox.valkey.process is not None
        os.killpg(sandbox.valkey.process.pid, number)

        payment_ids = await _create(merchant, 40)
        await _nothing_is_lost(merchant, payment_ids, within_s=10)

        os.killpg(sandbox.valkey.process.pid, signal.SIGCONT)
        status = (await merchant.http.get("/api/v1/test/jobs/status")).json()
        assert status["worker_status"] == "running"
