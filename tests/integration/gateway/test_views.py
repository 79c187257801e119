"""
What pages for people are made from: figures, history, jobs, ledger, filters, bulk retry; checked against rows written by hand.
"""

import base64
import contextlib
import os
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from standardwebhooks import Webhook

from gateway.storage import migrations
from paywright.pytest_plugin import SandboxFactory
from paywright.sandbox import Sandbox
from tests.integration.gateway.books import Book, load, open_book
from tests.merchant import Merchant, open_merchant, wait_until

T0 = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest_asyncio.fixture(loop_scope="session")
async def book(sandbox: Sandbox) -> AsyncIterator[Book]:
    """
    A merchant of this test's own.
    """
    async with open_book(sandbox) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def other(sandbox: Sandbox) -> AsyncIterator[Book]:
    """
    Another one.
    """
    async with open_book(sandbox) as one:
        yield one


def _id(prefix: str) -> str:
    return prefix + uuid.uuid4().hex[:16]


async def test_statistics_of_rows_written_by_hand(book: Book, other: Book) -> None:
    """
    Every figure of two buckets and of all time; rows outside the period count in the totals only, the period's last instant counts.
    """
    order_id = await book.order(_id("order_"), T0)
    for minutes, status, amount, currency, refunded, latency_ms in (
        (-600, "success", 700, "INR", 700, 5), (0, "success", 1_000, "INR", 400, 100), (1, "success", 3_000, "INR", 0, 300),
        (2, "failed", 50, "INR", 0, 200), (59, "pending", 10, "USD", 0, None), (60, "voided", 20, "INR", 0, None), (120, "success", 9, "USD", 0, 40),
        (121, "success", 8, "USD", 0, 40),
    ):  # fmt: skip
        at = T0 + timedelta(minutes=minutes)
        decided = None if latency_ms is None else at + timedelta(milliseconds=latency_ms)
        await book.payment(_id("pay_"), order_id, at=at, status=status, amount=amount, currency=currency, refunded=refunded, decided_at=decided)  # fmt: skip
    await other.payment(
        _id("pay_"), await other.order(_id("order_"), T0), at=T0, status="success", amount=5
    )
    delivery = await book.delivery(event="payment.success", at=T0)
    for number, (status_code, ms) in enumerate(((204, 10), (500, 20), (None, 30), (302, 40)), 1):
        await book.attempt(delivery, number, at=T0 + HOUR, status=status_code, ms=ms)

    found = await book.get("/statistics", period_s=7_199, buckets=2, to="2026-03-01T02:00:00Z")

    nothing = {"p50": None, "p95": None, "p99": None}
    assert found == {
        "from": "2026-03-01T00:00:00.000000Z", "to": "2026-03-01T02:00:00.000000Z", "bucket_s": 3_600,
        "totals": {
            "payments": 8, "success": 5, "failed": 1, "pending": 1, "voided": 1,
            "volume": [{"currency": "INR", "amount": 4_700, "refunded": 1_100, "count": 3}, {"currency": "USD", "amount": 17, "refunded": 0, "count": 2}],
        },
        "buckets": [
            {
                "at": "2026-03-01T00:00:00.000000Z", "payments": 4, "success": 2, "failed": 1, "pending": 1, "voided": 0, "volume": {"INR": 4_000},
                "latency_ms": {"p50": 200.0, "p95": 290.0, "p99": 298.0}, "attempts": 0, "attempt_failures": 0, "delivery_latency_ms": nothing,
            },
            {
                "at": "2026-03-01T01:00:00.000000Z", "payments": 2, "success": 1, "failed": 0, "pending": 0, "voided": 1, "volume": {"USD": 9},
                "latency_ms": {"p50": 40.0, "p95": 40.0, "p99": 40.0}, "attempts": 4, "attempt_failures": 3,
                "delivery_latency_ms": {"p50": 25.0, "p95": 38.5, "p99": 39.7},
            },
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        "period_s=59", "period_s=31622401", "buckets=0", "buckets=121", "to=yesterday", "to=0001-01-01T00:00:00Z", "to=2026-01-01T00:00:00",
        "period_s=00000000000000000000000000000000000000000000000000000000061",
    ],
)  # fmt: skip
async def test_statistics_refuse(book: Book, query: str) -> None:
    """
    400 with the parameter's name in the sentence.
    """
    answer = await book.http.get(f"/api/v1/statistics?{query}")

    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.json()["error"]["description"]


async def test_decisions_and_attempts_are_noted_as_they_happen(
    merchant: Merchant, sandbox: Sandbox
) -> None:
    """
    `decided_at` is the instant of the state change, later changes leave it; attempts know their merchant and their headers.
    """
    paid = await merchant.paid()
    declined = (await merchant.pay(await merchant.order(), vpa="failure@bank")).json()["id"]
    await merchant.decided(declined)
    assert (await merchant.http.post(f"/api/v1/payments/{paid}/capture")).status_code == 200
    database = await asyncpg.connect(sandbox.urls.database)

    rows = await database.fetch(
        "SELECT decided_at, (SELECT at FROM state_changes WHERE entity_id = p.id AND from_state LIKE 'pending/%' AND to_state NOT LIKE 'pending/%') AS at "
        "FROM payments p WHERE id = ANY ($1)",
        [paid, declined],
    )
    strays = await database.fetchval(
        "SELECT count(*) FROM webhook_attempts a JOIN webhook_logs l ON l.id = a.log_id WHERE a.merchant_id IS DISTINCT FROM l.merchant_id "
        "AND l.entity_id = ANY ($1)",
        [paid, declined],
    )
    await database.close()
    assert len(rows) == 2
    assert all(row["decided_at"] is not None and row["decided_at"] == row["at"] for row in rows)
    assert strays == 0


async def test_nobody_sees_another_merchants_rows(
    book: Book, other: Book, merchant: Merchant
) -> None:
    """
    Lists and sums are empty, ids answer 404, bulk retry finds nothing.
    """
    payment_id = await merchant.paid()
    event_id = (await merchant.http.get("/api/v1/events")).json()["data"][0]["id"]
    await book.job("payment", "pay_0", at=T0, state="parked")
    delivery = await book.delivery(event="payment.success", at=T0)

    for path in ("/jobs", "/ledger", "/request-log"):
        assert (await other.get(path))["total"] == 0, path
    assert await other.get("/ledger/balances") == {"data": []}
    assert (await other.get("/statistics"))["totals"]["payments"] == 0
    for method, path in (
        ("GET", f"/payments/{payment_id}/timeline"), ("GET", f"/webhooks/{delivery}"), ("GET", f"/events/{event_id}"),
        ("POST", "/jobs/payment/pay_0/retry"),
    ):  # fmt: skip
        assert (await other.http.request(method, f"/api/v1{path}")).status_code == 404, path
    retried = await other.http.post("/api/v1/webhooks/retry", json={})
    assert retried.json() == {"count": 0, "scheduled": 0}
    assert (await book.get(f"/webhooks/{delivery}"))["status"] == "failed"
    for path in ("statistics", "jobs", "workers", "ledger", "ledger/balances", "request-log"):
        answer = await book.http.get(f"/api/v1/{path}", headers={"X-Api-Secret": "wrong"})
        assert answer.status_code == 401, path


async def test_timeline_of_a_payment(merchant: Merchant) -> None:
    """
    State changes, jobs, calls, ledger and requests of a payment and its refund, in order of the business clock.
    """
    payment_id = await merchant.paid()
    refund_id = (await merchant.refund(payment_id, 20_000)).json()["id"]

    async def refunded() -> dict[str, list[dict[str, Any]]] | None:
        rows = (await merchant.http.get(f"/api/v1/payments/{payment_id}/timeline")).json()["data"]
        kinds: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            kinds.setdefault(row["kind"], []).append(row)
        assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
        done = {row["state"] for row in kinds["job"]} == {"done"}
        logged = len([row for row in kinds.get("request", []) if row["method"] == "POST"]) == 2
        return kinds if done and logged and len(kinds.get("ledger", [])) == 3 else None

    kinds = await wait_until(refunded)

    moves = [(row["entity_id"], row["from"], row["to"]) for row in kinds["state_change"]]
    assert (payment_id, "pending/none", "success/captured") in moves
    assert moves[-1][0] == refund_id
    assert {(row["entity_id"], row["job"], row["state"]) for row in kinds["job"]} == {
        (payment_id, "payment", "done"),
        (refund_id, "refund", "done"),
    }
    assert [row["journal"] for row in kinds["ledger"]] == [
        "sale",
        "refund_created",
        "refund_processed",
    ]
    assert kinds["ledger"][0]["entries"] == [
        {"account": "bank_receivable", "amount": 50_000, "currency": "INR"},
        {"account": "merchant_payable", "amount": -50_000, "currency": "INR"},
    ]
    calls = {(row["entity_id"], row["operation"]) for row in kinds["bank_call"]}
    assert {(payment_id, "authorise"), (refund_id, "refund")} <= calls
    assert {row["clock"] for row in kinds["bank_call"]} == {"business"}
    posted = [row["path"] for row in kinds["request"] if row["method"] == "POST"]
    assert posted == ["/api/v1/payments", f"/api/v1/payments/{payment_id}/refunds"]


async def test_jobs_by_state(book: Book) -> None:
    """
    Running is waiting with a lease; filters, paging by cursor, newest first.
    """
    later, earlier = datetime(2100, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
    await book.job("payment", "pay_w", at=T0)
    await book.job("payment", "pay_x", at=T0 + HOUR, lease_until=earlier, lease_owner="dead")
    await book.job("refund", "rfnd_r", at=T0 + 2 * HOUR, lease_until=later, lease_owner="w1")
    await book.job("capture", "pay_w", at=T0 + 3 * HOUR, state="done", finished_at=later)
    await book.job("void", "pay_p", at=T0 + 4 * HOUR, state="parked", crashes=5)

    everything = ["void:pay_p", "capture:pay_w", "refund:rfnd_r", "payment:pay_x", "payment:pay_w"]
    assert await book.ids("/jobs") == everything
    assert await book.ids("/jobs", state="waiting") == ["payment:pay_x", "payment:pay_w"]
    assert await book.ids("/jobs", state="running") == ["refund:rfnd_r"]
    assert await book.ids("/jobs", state="parked", kind="void") == ["void:pay_p"]
    assert await book.ids("/jobs", entity_id="pay_w") == ["capture:pay_w", "payment:pay_w"]
    assert await book.ids("/jobs", created_from="2026-03-01T03:00:00Z") == everything[:2]
    first = await book.get("/jobs", limit=2, count="none")
    assert (first["total"], first["has_more"]) == (None, True)
    assert await book.ids("/jobs", cursor=first["next_cursor"]) == everything[2:]
    assert (await book.http.get("/api/v1/jobs?state=lost")).status_code == 400


async def test_a_parked_job_is_retried(merchant: Merchant, sandbox: Sandbox) -> None:
    """
    It is done again by the worker; a job that is not parked is refused, one that is not there not found.
    """
    payment_id = await merchant.paid()
    retry = f"/api/v1/jobs/payment/{payment_id}/retry"

    async def state() -> dict[str, Any]:
        page = await merchant.http.get("/api/v1/jobs", params={"entity_id": payment_id})
        row: dict[str, Any] = page.json()["data"][0]
        return row

    async def is_done() -> bool | None:
        return True if (await state())["state"] == "done" else None

    await wait_until(is_done)
    database = await asyncpg.connect(sandbox.urls.database)
    await database.execute(
        "UPDATE work_items SET state = 'parked', crashes = 5 WHERE kind = 'payment' AND entity_id = $1",
        payment_id,
    )
    await database.close()

    retried = await merchant.http.post(retry)

    assert (retried.status_code, retried.json()["state"], retried.json()["crashes"]) == (200, "waiting", 0)  # fmt: skip
    await wait_until(is_done)
    assert (await state())["attempts"] == 1
    assert (await merchant.http.post(retry)).status_code == 409
    assert (await merchant.http.post("/api/v1/jobs/payment/pay_none/retry")).status_code == 404
    workers = (await merchant.http.get("/api/v1/workers")).json()["data"]
    assert [worker["alive"] for worker in workers].count(True) >= 1


async def test_ledger_and_balances(book: Book) -> None:
    """
    Journals with their entries; balances are the sums of what was written.
    """
    async with book.database.transaction():
        for number, (kind, amount) in enumerate((("sale", 900), ("sale", 100), ("refund", -300))):
            journal = await book.database.fetchval(
                "INSERT INTO ledger_journals (merchant_id, kind, entity_id, payment_id, at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
                book.id, kind, _id("x_"), f"pay_{number % 2}", T0 + number * HOUR,
            )  # fmt: skip
            for account, signed in (("bank", amount), ("merchant", -amount)):
                await book.database.execute(
                    "INSERT INTO ledger_entries (journal_id, account, amount, currency) VALUES ($1, $2, $3, 'INR')",
                    journal, account, signed,
                )  # fmt: skip

    rows = (await book.get("/ledger"))["data"]

    assert [(row["kind"], row["entries"][0]["account"]) for row in rows] == [
        ("refund", "merchant"),
        ("sale", "bank"),
        ("sale", "bank"),
    ]
    assert rows[0]["entries"] == [
        {"account": "merchant", "amount": 300, "currency": "INR"},
        {"account": "bank", "amount": -300, "currency": "INR"},
    ]
    assert await book.ids("/ledger", cursor=rows[0]["id"]) == [rows[1]["id"], rows[2]["id"]]
    assert await book.ids("/ledger", payment_id="pay_0", kind="sale") == [rows[2]["id"]]
    assert (await book.get("/ledger/balances"))["data"] == [
        {"account": "bank", "currency": "INR", "balance": 700},
        {"account": "merchant", "currency": "INR", "balance": -700},
    ]


async def test_lists_filter(book: Book) -> None:
    """
    By instant of creation, amount, currency, beginning of an id, receipt; without a total when nobody needs it.
    """
    tag = uuid.uuid4().hex[:8]
    first = await book.order(f"order_{tag}00000001", T0, receipt="r_1%")
    second = await book.order(f"order_{tag}00000002", T0 + HOUR, receipt="r-1x")
    await book.payment(f"pay_{tag}00000001", first, at=T0, amount=500)
    await book.payment(f"pay_{tag}00000002", second, at=T0 + HOUR, amount=500, currency="USD")

    def pays(*numbers: int) -> list[str]:
        return [f"pay_{tag}0000000{number}" for number in numbers]

    assert await book.ids("/payments", created_from="2026-03-01T01:00:00Z") == pays(2)
    assert await book.ids("/payments", created_to="2026-03-01T01:00:00Z") == pays(1)
    assert await book.ids("/payments", amount=500) == pays(2, 1)
    assert await book.ids("/payments", amount=500, currency="USD") == pays(2)
    assert await book.ids("/payments", amount=501) == []
    assert await book.ids("/payments", q=f"pay_{tag}") == pays(2, 1)
    assert await book.ids("/payments", q=f"pay_{tag}00000001") == pays(1)
    assert await book.ids("/payments", q="r-1x") == pays(2)
    assert await book.ids("/orders", q="r_1%") == [first]
    assert await book.ids("/orders", q="r_1") == []
    assert await book.ids("/orders", q=f"order_{tag}0000000") == [second, first]
    assert (await book.get("/payments", count="none"))["total"] is None
    for query in ("amount=-1", "amount=x", "created_from=soon", "cursor=%00", "offset=0000000000009999999999999999999"):  # fmt: skip
        answer = await book.http.get(f"/api/v1/payments?{query}")
        assert answer.status_code == 400, query


async def test_bulk_retry(book: Book) -> None:
    """
    A rehearsal only counts; what fits is delivered again, the rest stays; a misspelt restriction is refused.
    """
    old = await book.delivery(event="payment.success", at=T0 - HOUR)
    wanted = await book.delivery(event="payment.success", at=T0, event_id="evt_1")
    other_event = await book.delivery(event="payment.failed", at=T0)
    await book.delivery(event="payment.success", at=T0, status="success")
    assert await book.ids("/webhooks", event_id="evt_1") == []  # no such event of this merchant

    async def retry(**fields: object) -> Any:
        return (await book.http.post("/api/v1/webhooks/retry", json=fields)).json()

    which = {"status": "failed", "event": "payment.success", "created_from": "2026-03-01T00:00:00Z"}
    assert await retry(dry_run=True) == {"count": 3, "scheduled": 0}
    assert await retry(**which, dry_run=True) == {"count": 1, "scheduled": 0}
    assert await retry(**which, dry_run=False) == {"count": 1, "scheduled": 1}

    rows = await book.database.fetch(
        "SELECT l.id, l.generation, w.entity_id FROM webhook_logs l LEFT JOIN work_items w ON w.entity_id = l.id::text WHERE l.generation = 2"
        " AND l.merchant_id = $1",
        book.id,
    )
    assert [(row["id"], row["entity_id"]) for row in rows] == [(wanted, str(wanted))]
    assert {(await book.get(f"/webhooks/{one}"))["status"] for one in (old, other_event)} == {"failed"}  # fmt: skip
    for fields in ({"evnt": "x"}, {"status": "lost"}, {"dry_run": 1}, {"created_to": "soon"}, {"event": 5}):  # fmt: skip
        answer = await book.http.post("/api/v1/webhooks/retry", json=fields)
        assert answer.status_code == 400, fields


async def test_one_delivery_with_its_bytes_and_headers(merchant: Merchant) -> None:
    """
    The body is what the receiver got, and the headers of the attempt verify it.
    """
    payment_id = await merchant.paid()
    signing = (await merchant.http.get("/api/v1/webhooks/config")).json()["signing_secret"]

    async def delivered() -> dict[str, Any] | None:
        found = await merchant.http.get(
            "/api/v1/webhooks", params={"entity_id": payment_id, "event": "payment.success"}
        )
        row: dict[str, Any] = found.json()["data"][0]
        return row if row["status"] == "success" else None

    row = await wait_until(delivered)
    whole = (await merchant.http.get(f"/api/v1/webhooks/{row['id']}")).json()
    attempts = (await merchant.http.get(f"/api/v1/webhooks/{row['id']}/attempts")).json()["data"]
    event = (await merchant.http.get(f"/api/v1/events/{row['event_id']}")).json()
    same = await merchant.http.get("/api/v1/webhooks", params={"event_id": row["event_id"]})
    got = [d for d in await merchant.received() if d["json"]["event"] == row["event"] and payment_id in d["body_text"]]  # fmt: skip

    assert {name: whole[name] for name in row} == row
    assert whole["body"].encode() == base64.b64decode(got[0]["body_base64"])
    assert whole["payload"] == event["payload"] == got[0]["json"]
    Webhook(signing).verify(whole["body"], {k.lower(): v for k, v in attempts[0]["request_headers"].items()})  # fmt: skip
    assert [delivery["id"] for delivery in same.json()["data"]] == [row["id"]]


async def test_amounts_of_a_hold(merchant: Merchant) -> None:
    """
    Authorised in full, captured in part.
    """
    payment_id = await merchant.paid(5_000, capture_method="manual")
    held = await merchant.payment(payment_id)
    await merchant.http.post(f"/api/v1/payments/{payment_id}/capture", json={"amount": 2_000})
    captured = await merchant.payment(payment_id)

    assert [(p["amount_authorised"], p["amount_captured"]) for p in (held, captured)] == [
        (5_000, 0),
        (5_000, 2_000),
    ]


@pytest.mark.serial
async def test_the_clock_steps_from_one_due_instant_to_the_next(
    new_sandbox: SandboxFactory,
) -> None:
    """
    It says when something is due at any party and steps there, until nothing is.
    """
    async with (
        new_sandbox(env={"TEST_PROCESSING_DELAY": "3000"}) as sandbox,
        open_merchant(sandbox) as merchant,
    ):
        refused = await merchant.http.post("/api/v1/test/clock", json={"advance": "next"})
        await merchant.behave([{"event": "payment.success", "status": 500}])
        start = {"mode": "frozen", "now": "2026-01-01T00:00:00Z"}
        await merchant.http.post("/api/v1/test/clock", json=start)
        await merchant.http.put("/api/v1/webhooks/config", json={"events": ["payment.success"]})
        await merchant.pay(await merchant.order(), vpa="payer@bank")

        async def standing() -> dict[str, Any] | None:
            clock: dict[str, Any] = (await merchant.http.get("/api/v1/test/clock")).json()
            return clock if clock["outstanding"] == 0 and clock["next_due_at"] else None

        stops: list[str] = []
        while True:
            due = (await wait_until(standing))["next_due_at"] if len(stops) < 5 else None
            moved = await merchant.http.post("/api/v1/test/clock", json={"advance": "next"})
            if moved.status_code == 409:
                break
            assert due in (None, moved.json()["now"])
            stops.append(moved.json()["now"][14:19])

    assert refused.status_code == 400
    # The bank decides after 3 s; retries follow 5, 10, 15 and 20 s after each failure.
    assert stops == ["00:03", "00:08", "00:18", "00:33", "00:53"]


def _worked_ms(api: int, postmaster: int) -> float:
    """
    Processor time so far of the API and of PostgreSQL with all its processes, ended ones too.
    """
    spent = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(folder.name) == postmaster:
                spent += sum(map(int, fields[11:15]))
            elif int(folder.name) == api or int(fields[1]) == postmaster:
                spent += sum(map(int, fields[11:13]))
    return spent * 1000 / os.sysconf("SC_CLK_TCK")


@pytest.mark.serial
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
async def test_statistics_of_a_hundred_thousand_payments_cost_forty_milliseconds(
    new_sandbox: SandboxFactory,
) -> None:
    """
    Totals of all and a day in buckets, as the first page asks: processor time of the best of four tries, since a clock on the wall measures the neighbours.
    """
    async with new_sandbox() as sandbox, open_book(sandbox) as book:
        await load(book, payments=100_000, until=T0, over=timedelta(days=30))
        backend = await book.database.fetchval("SELECT pg_backend_pid()")
        status = Path(f"/proc/{backend}/stat").read_text()
        parties = (sandbox.pid("api"), int(status.rpartition(")")[2].split()[1]))
        for _ in range(8):
            await book.get("/statistics", to="2026-03-01T00:00:00Z")
        costs_ms = []
        for _ in range(4):
            before_ms = _worked_ms(*parties)
            for _ in range(20):
                day = await book.get("/statistics", to="2026-03-01T00:00:00Z")
            costs_ms.append((_worked_ms(*parties) - before_ms) / 20)
        month = await book.get(
            "/statistics", to="2026-03-01T00:00:00Z", period_s=30 * 86_400, buckets=30
        )

    assert (day["totals"]["payments"], day["totals"]["failed"]) == (100_000, 10_000)
    assert sum(bucket["payments"] for bucket in day["buckets"]) == 3_334
    assert sum(bucket["payments"] for bucket in month["buckets"]) == 100_000
    assert sum(bucket["attempts"] for bucket in day["buckets"]) == pytest.approx(3_334, abs=5)
    assert 0 < min(costs_ms) <= 40, costs_ms


async def test_rows_of_the_first_release_are_carried_over(sandbox: Sandbox) -> None:
    """
    The second migration over a database with rows: when payments were decided, whose attempts those are.
    """
    folder = Path(migrations.__file__).parent
    name, owner, delivery = f"old_{uuid.uuid4().hex[:8]}", uuid.uuid4(), uuid.uuid4()
    admin = await asyncpg.connect(sandbox.urls.database)
    await admin.execute(f"CREATE DATABASE {name}")
    old = await asyncpg.connect(sandbox.urls.database, database=name)
    await old.execute((folder / "initial.sql").read_text())
    await old.execute("SET session_replication_role = replica")
    for payment_id, status in (("pay_1", "success"), ("pay_2", "pending"), ("pay_3", "failed")):
        await old.execute(
            "INSERT INTO payments (id, order_id, merchant_id, amount, currency, method, status, created_at, updated_at, bank_request_id, bank_instrument) "
            "VALUES ($1::text, 'order_1', $2, 100, 'INR', 'upi', $3, $4, $5, $1::text, '{}')",
            payment_id, owner, status, T0, T0 + 9 * HOUR,
        )  # fmt: skip
    for payment_id, version, before, after in (
        ("pay_1", 2, "pending/none", "pending/processing"), ("pay_1", 3, "pending/processing", "success/captured"),
        ("pay_1", 4, "success/captured", "success/captured"), ("pay_2", 2, "pending/none", "pending/unknown"), ("pay_3", 2, "pending/none", "failed/declined"),
    ):  # fmt: skip
        await old.execute(
            "INSERT INTO state_changes (entity_id, version, from_state, to_state, cause, at) VALUES ($1, $2, $3, $4, '', $5)",
            payment_id, version, before, after, T0 + version * HOUR,
        )  # fmt: skip
    await old.execute(
        "INSERT INTO webhook_logs (id, merchant_id, event, payload, created_at, event_id, entity_id, body) VALUES ($1, $2, 'e', '{}', $3, '', '', '')",
        delivery, owner, T0,
    )  # fmt: skip
    await old.execute(
        "INSERT INTO webhook_attempts (log_id, generation, number, started_at, url) VALUES ($1, 1, 1, $2, '')",
        delivery, T0,
    )  # fmt: skip

    await old.execute((folder / "views.sql").read_text())

    decided = await old.fetch("SELECT id, decided_at FROM payments ORDER BY id")
    whose = await old.fetchval("SELECT merchant_id FROM webhook_attempts")
    await old.close()
    await admin.execute(f"DROP DATABASE {name}")
    await admin.close()
    assert [tuple(row) for row in decided] == [
        ("pay_1", T0 + 3 * HOUR),
        ("pay_2", None),
        ("pay_3", T0 + 2 * HOUR),
    ]
    assert whose == owner
