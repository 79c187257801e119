"""
What a payment costs the database, counted by the server, so that speed cannot rot.
"""

import time

import asyncpg
import pytest

from paywright.pytest_plugin import SandboxFactory
from tests.merchant import open_merchant, wait_until

PAYMENTS = 20
#: Background of an idle system: clock, sweep, heartbeat and health statements carry no payment.
_IDLE = "business_now() AS now FROM test_clock|worker_heartbeats|FROM work_items\nWHERE state|pg_stat|DEALLOCATE|LISTEN|SET |clock_timestamp() AS beat"


@pytest.mark.serial
async def test_a_payment_with_one_webhook_costs_five_commits_and_sixteen_statements(
    new_sandbox: SandboxFactory,
) -> None:
    """
    Over all processes, by pg_stat_statements and the number of transactions that wrote.
    """
    async with new_sandbox() as sandbox, open_merchant(sandbox) as merchant:
        await merchant.http.put("/api/v1/webhooks/config", json={"events": ["payment.success"]})
        orders = [await merchant.order() for _ in range(PAYMENTS + 1)]
        await merchant.pay(orders.pop())
        connection = await asyncpg.connect(sandbox.urls.database)
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")

        async def delivered() -> bool | None:
            quiet = await connection.fetchval(
                "SELECT count(*) FROM work_items WHERE state = 'waiting'"
            )
            return True if quiet == 0 else None

        await wait_until(delivered)
        began_s = time.monotonic()
        await connection.execute("SELECT pg_stat_statements_reset()")
        before = await connection.fetchval("SELECT pg_current_xact_id()::text::bigint")
        for order_id in orders:
            assert (await merchant.pay(order_id)).status_code == 201
        await wait_until(delivered)
        after = await connection.fetchval("SELECT pg_current_xact_id()::text::bigint")
        rows = await connection.fetch(
            "SELECT query, calls FROM pg_stat_statements WHERE toplevel ORDER BY calls DESC"
        )
        beats = sum(
            row["calls"]
            for row in rows
            if "worker_heartbeats" in row["query"] and "INSERT" in row["query"]
        )
        # The request log is written once a second, however many payments there are.
        took_s = time.monotonic() - began_s
        flushes = sum(row["calls"] for row in rows if "INSERT INTO request_log" in row["query"])
        await connection.close()

    counted = {
        row["query"][:160]: row["calls"]
        for row in rows
        if not any(part in row["query"] for part in _IDLE.split("|"))
    }
    statements = sum(counted.values()) / PAYMENTS
    commits = (after - before - 1 - beats - flushes) / PAYMENTS
    assert statements <= 16, counted
    assert commits <= 5, (commits, counted)
    assert flushes <= took_s + 1
