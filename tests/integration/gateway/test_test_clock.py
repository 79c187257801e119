"""
The test clock: production schedules and expiries in moments, in order, without a sleep.
"""

import asyncio
import time
from datetime import datetime, timedelta

import httpx
import pytest

from paywright.pytest_plugin import SandboxFactory
from tests.merchant import open_merchant


async def _clock(http: httpx.AsyncClient, **body: object) -> datetime:
    answer = await http.post("/api/v1/test/clock", json=body)
    assert answer.status_code == 200, answer.text
    return datetime.fromisoformat(answer.json()["now"])


@pytest.mark.serial
async def test_production_retry_schedule_is_exact(new_sandbox: SandboxFactory) -> None:
    """
    0, 1 m, 5 m, 30 m, 2 h after each failure; failed after the fifth; five attempts with the same bytes; under five seconds.
    """
    async with (
        new_sandbox(env={"WEBHOOK_RETRY_INTERVALS_TEST": "false"}) as sandbox,
        open_merchant(sandbox) as merchant,
    ):
        await merchant.behave([{"event": "payment.success", "status": 500}])
        start = await _clock(merchant.http, mode="frozen", now="2026-01-01T00:00:00Z")
        began_s = time.monotonic()
        answer = await merchant.pay(await merchant.order())
        await _clock(merchant.http, advance="4h")
        took_s = time.monotonic() - began_s

        found = [
            d
            for d in await merchant.received(event="payment.success")
            if answer.json()["id"] in d["body_text"]
        ]
        waits = [datetime.fromisoformat(d["received_at"]) - start for d in found]
        log = (
            await merchant.http.get("/api/v1/webhooks", params={"event": "payment.success"})
        ).json()["data"][0]

        assert waits == [timedelta(minutes=m) for m in (0, 1, 6, 36, 156)]
        assert len({d["body_base64"] for d in found}) == 1
        assert all(d["verified"] for d in found), "signatures are stamped with the business clock"
        assert (log["status"], log["attempts"], log["next_retry_at"]) == ("failed", 5, None)
        assert took_s < 5


@pytest.mark.serial
async def test_keys_expire_after_a_day_and_refunds_wait(new_sandbox: SandboxFactory) -> None:
    """
    24 h idempotency expiry, 3-5 s refunds and the bank's second, on a frozen clock.
    """
    delays = {
        "REFUND_DELAY_MIN": "3000",
        "REFUND_DELAY_MAX": "5000",
        "TEST_PROCESSING_DELAY": "1000",
    }
    async with new_sandbox(env=delays) as sandbox, open_merchant(sandbox) as merchant:
        await _clock(merchant.http, mode="frozen", now="2026-01-01T00:00:00Z")
        began_s = time.monotonic()
        order_id = await merchant.order()
        first = await merchant.pay(order_id, key="k")
        await _clock(merchant.http, advance="999ms")
        assert (await merchant.payment(first.json()["id"]))["status"] == "pending"
        await _clock(merchant.http, advance="1ms")
        assert (await merchant.payment(first.json()["id"]))["status"] == "success"
        refund = await merchant.refund(first.json()["id"], 100)
        await _clock(merchant.http, advance="2999ms")
        assert (await merchant.http.get(f"/api/v1/refunds/{refund.json()['id']}")).json()[
            "status"
        ] == "pending"
        await _clock(merchant.http, advance="2001ms")
        assert (await merchant.http.get(f"/api/v1/refunds/{refund.json()['id']}")).json()[
            "status"
        ] == "processed"

        await _clock(merchant.http, advance="23h")
        assert (await merchant.pay(order_id, key="k")).content == first.content
        await _clock(merchant.http, advance="1h")
        assert (await merchant.pay(order_id, key="k")).json()["id"] != first.json()["id"]
        assert time.monotonic() - began_s < 5


@pytest.mark.serial
async def test_auto_clock_jumps_to_what_is_due(new_sandbox: SandboxFactory) -> None:
    """
    In auto mode a payment with an hour's bank delay is decided at once, an hour later by the clock.
    """
    async with (
        new_sandbox(env={"TEST_PROCESSING_DELAY": "3600000"}) as sandbox,
        open_merchant(sandbox) as merchant,
    ):
        start = await _clock(merchant.http, mode="auto", now="2026-01-01T00:00:00Z")
        answer = await merchant.pay(await merchant.order(), vpa="payer@bank")

        decided = await merchant.decided(answer.json()["id"])

        assert datetime.fromisoformat(decided["updated_at"]) - start == timedelta(hours=1)


@pytest.mark.serial
async def test_seeded_runs_repeat_byte_for_byte(new_sandbox: SandboxFactory) -> None:
    """
    Same seed, same requests, frozen clock: the same answers and the same webhook bodies.
    """

    async def run() -> tuple[list[bytes], list[str]]:
        async with (
            new_sandbox(env={"TEST_SEED": "seed-7"}) as sandbox,
            open_merchant(sandbox) as merchant,
        ):
            await _clock(merchant.http, mode="frozen", now="2026-01-01T00:00:00Z")
            answers = []
            for vpa in ("success@bank", "failure@bank"):
                order_id = await merchant.order()
                answers.append((await merchant.pay(order_id, vpa=vpa)).content)
            await _clock(merchant.http, advance="1m")
            bodies = sorted(str(d["body_text"]) for d in await merchant.received())
        return answers, bodies

    first, second = await run(), await run()

    assert first == second
    assert len(first[1]) == 6


async def test_seeded_ids_do_not_collide_under_concurrency(new_sandbox: SandboxFactory) -> None:
    """
    A seed makes the next id of an order or payment known to everybody; 40 at once get 40 of them.
    """
    async with (
        new_sandbox(env={"TEST_SEED": "seed-7"}) as sandbox,
        open_merchant(sandbox) as merchant,
    ):
        order_id = await merchant.order()
        payments = await asyncio.gather(*(merchant.pay(order_id) for _ in range(40)))
        payment_id = payments[0].json()["id"]
        await merchant.decided(payment_id)
        refunds = await asyncio.gather(*(merchant.refund(payment_id, 1) for _ in range(40)))

    for answers in (payments, refunds):
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 40
