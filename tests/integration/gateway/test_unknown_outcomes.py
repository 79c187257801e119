"""
Unknown bank outcomes: never shown as failed, resolved by inquiry, one debit whatever happened on the wire (fault rows B1-B8).
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
import pytest_asyncio

from paywright.launching import free_port
from paywright.pytest_plugin import SandboxFactory
from paywright.sandbox import Sandbox
from tests.integration.gateway.faulty_bank import FAULTS, FaultyBank, faulty_front
from tests.merchant import Merchant, open_merchant, wait_until

MERCHANT = "550e8400-e29b-41d4-a716-446655440000"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def broken(new_sandbox: SandboxFactory) -> AsyncIterator[tuple[Sandbox, FaultyBank]]:
    """
    A sandbox whose gateway reaches the bank through the faulty front.
    """
    port = free_port()
    async with (
        new_sandbox(env={"BANK_URL": f"http://127.0.0.1:{port}"}) as sandbox,
        faulty_front(sandbox.urls.bank, port) as front,
    ):
        yield sandbox, front


async def _debits(sandbox: Sandbox, payment_id: str) -> int:
    async with httpx.AsyncClient(base_url=sandbox.urls.bank, trust_env=False) as bank:
        answer = await bank.get(
            "/control/entries", headers={"X-Bank-Key": "bank_test_key", "X-Bank-Id": MERCHANT}
        )
    return sum(
        e["payment_reference"] == payment_id and e["kind"] == "debit"
        for e in answer.json()["entries"]
    )


@pytest.mark.parametrize("fault", FAULTS)
async def test_broken_authorisation_ends_in_one_debit(
    broken: tuple[Sandbox, FaultyBank], fault: str
) -> None:
    """
    Whatever the first answer was, the payment is pending, then success, and the payer is debited once.
    """
    sandbox, front = broken
    async with open_merchant(sandbox) as merchant:
        front.arm(fault)
        created = await merchant.pay(await merchant.order(50_000))
        payment_id = created.json()["id"]
        seen = {created.json()["status"]}

        async def decided() -> str | None:
            status = str((await merchant.payment(payment_id))["status"])
            seen.add(status)
            return status if status != "pending" else None

        assert await wait_until(decided, within_s=8) == "success"
        assert front.hits == 1
        assert seen <= {"pending", "success"}
        assert await _debits(sandbox, payment_id) == 1


async def test_payments_wait_for_a_bank_that_is_away(broken: tuple[Sandbox, FaultyBank]) -> None:
    """
    Twenty exchanges in a row fail: still pending, then done when the bank is back.
    """
    sandbox, front = broken
    async with open_merchant(sandbox) as merchant:
        front.arm("drop-before-effect", times=6, path="/v1/")
        created = await merchant.pay(await merchant.order())

        decided = await merchant.decided(created.json()["id"], within_s=15)

        assert (decided["status"], front.hits) == ("success", 6)


async def test_unreachable_vault_is_retry_later(broken: tuple[Sandbox, FaultyBank]) -> None:
    """
    A card cannot be taken without the vault: 503 with Retry-After, nothing created; a UPI payment is created all the same.
    """
    sandbox, front = broken
    async with open_merchant(sandbox) as merchant:
        order_id = await merchant.order()
        front.arm("drop-before-effect", path="/v1/tokens")
        card = {
            "number": "4111111111111111",
            "expiry_month": "12",
            "expiry_year": "2035",
            "cvv": "123",
        }
        answer = await merchant.http.post(
            "/api/v1/payments", json={"order_id": order_id, "method": "card", "card": card}
        )
        page = await merchant.http.get("/api/v1/payments", params={"order_id": order_id})

        assert (answer.status_code, answer.json()["error"]["code"], page.json()["total"]) == (
            503,
            "RETRY_LATER",
            0,
        )
        assert answer.headers["Retry-After"] == "1"


async def test_broken_refund_ends_in_one_credit(broken: tuple[Sandbox, FaultyBank]) -> None:
    """
    The answer to a refund is lost: inquiry, one credit.
    """
    sandbox, front = broken
    async with open_merchant(sandbox) as merchant:
        payment_id = await merchant.paid()
        front.arm("drop-after-effect", path="/v1/refunds")
        refund = (await merchant.refund(payment_id, 1_000)).json()

        async def processed() -> bool | None:
            found = (await merchant.http.get(f"/api/v1/refunds/{refund['id']}")).json()
            return True if found["status"] == "processed" else None

        await wait_until(processed, within_s=8)
        async with httpx.AsyncClient(base_url=sandbox.urls.bank, trust_env=False) as bank:
            answer = await bank.get(
                "/control/entries", headers={"X-Bank-Key": "bank_test_key", "X-Bank-Id": MERCHANT}
            )
        given_back = [
            e for e in answer.json()["entries"] if e["request_id"].startswith(refund["id"])
        ]
        assert len(given_back) == 1


def _callback(
    body: dict[str, object], *, secret: str = "bank_callback_test_secret", age_s: int = 0
) -> tuple[bytes, dict[str, str]]:
    raw = json.dumps(body).encode()
    timestamp = str(int(time.time()) - age_s)
    signature = hmac.new(
        secret.encode(), timestamp.encode() + b"." + raw, hashlib.sha256
    ).hexdigest()
    return raw, {
        "Content-Type": "application/json",
        "X-Bank-Timestamp": timestamp,
        "X-Bank-Signature": signature,
    }


async def test_callbacks_are_hints_with_a_signature(merchant: Merchant) -> None:
    """
    Forged, stale, unknown, contradictory and a hundred equal ones: the payment stays what the bank says when asked.
    """
    payment_id = await merchant.paid()
    body: dict[str, object] = {
        "event_id": f"bev_{payment_id}",
        "type": "operation.updated",
        "request_id": f"{payment_id}:auth:1",
        "status": "declined",
    }

    async def send(content: bytes, headers: dict[str, str]) -> int:
        return (
            await merchant.http.post("/api/v1/bank/callbacks", content=content, headers=headers)
        ).status_code

    forged = await send(*_callback(body, secret="guess"))
    stale = await send(*_callback(body, age_s=301))
    unknown = await send(*_callback({**body, "request_id": "pay_nobody:auth:1"}))
    copies = await asyncio.gather(*(send(*_callback(body)) for _ in range(100)))
    jobs = "/api/v1/test/jobs/status"

    async def quiet() -> bool | None:
        counts = (await merchant.http.get(jobs)).json()
        return True if counts["pending"] + counts["processing"] == 0 else None

    await wait_until(quiet)
    assert (forged, stale, unknown, set(copies)) == (401, 401, 202, {200})
    assert (await merchant.payment(payment_id))["status"] == "success"
    assert (
        len(
            [
                d
                for d in await merchant.received(event="payment.success")
                if payment_id in d["body_text"]
            ]
        )
        == 1
    )


async def _hint(merchant: Merchant, payment_id: str, event_id: str) -> None:
    """
    A callback that makes the gateway ask the bank again.
    """
    body: dict[str, object] = {
        "event_id": event_id,
        "type": "operation.updated",
        "request_id": f"{payment_id}:auth:1",
    }
    content, headers = _callback(body)
    assert (
        await merchant.http.post("/api/v1/bank/callbacks", content=content, headers=headers)
    ).status_code == 200


async def _row(sandbox: Sandbox, payment_id: str) -> asyncpg.Record:
    connection = await asyncpg.connect(sandbox.urls.database)
    row = await connection.fetchrow("SELECT * FROM payments WHERE id = $1", payment_id)
    await connection.close()
    assert row is not None
    return row


async def test_a_bank_that_contradicts_itself_is_reviewed(
    broken: tuple[Sandbox, FaultyBank],
) -> None:
    """
    Captured, and later "declined": the first word stands, the merchant sees no change, a person has to look.
    """
    sandbox, front = broken
    async with open_merchant(sandbox) as merchant:
        payment_id = await merchant.paid()
        front.arm("says-declined", path="/v1/requests/")
        await _hint(merchant, payment_id, f"contra-{payment_id}")

        async def reviewed() -> str | None:
            found: str | None = (await _row(sandbox, payment_id))["needs_review"]
            return found

        reason = await wait_until(reviewed)
        assert "captured" in reason
        assert "declined" in reason
        assert (await merchant.payment(payment_id))["status"] == "success"


async def test_late_authorisation_is_reversed(broken: tuple[Sandbox, FaultyBank]) -> None:
    """
    Declined first, and then the money moved after all: the payment stays failed, the bank is told to undo it, the ledger nets to nothing (B10).
    """
    sandbox, front = broken
    async with open_merchant(sandbox) as merchant:
        front.arm("says-declined")
        created = await merchant.pay(await merchant.order())
        payment_id = created.json()["id"]
        assert (await merchant.decided(payment_id))["status"] == "failed"
        await _hint(merchant, payment_id, f"late-{payment_id}")

        async def reversed_() -> bool | None:
            return True if (await _row(sandbox, payment_id))["bank_state"] == "reversed" else None

        await wait_until(reversed_)
        assert (await merchant.payment(payment_id))["status"] == "failed"
        connection = await asyncpg.connect(sandbox.urls.database)
        owed = await connection.fetchval(
            "SELECT count(*) FROM ledger_journals WHERE payment_id = $1", payment_id
        )
        moves = [
            row["to_state"]
            for row in await connection.fetch(
                "SELECT to_state FROM state_changes WHERE entity_id = $1 ORDER BY version",
                payment_id,
            )
        ]
        await connection.close()
        assert owed == 0
        assert moves == [
            "pending/none",
            "failed/declined",
            "failed/late_authorised",
            "failed/reversed",
        ]


@pytest.mark.serial
async def test_undecided_payments_are_cancelled_at_the_bank(new_sandbox: SandboxFactory) -> None:
    """
    Nothing arrives at the bank for a quarter of an hour: cancelled there, and only then failed.
    """
    port = free_port()
    async with (
        new_sandbox(env={"BANK_URL": f"http://127.0.0.1:{port}"}) as sandbox,
        faulty_front(sandbox.urls.bank, port) as front,
        open_merchant(sandbox) as merchant,
    ):
        front.arm("drop-before-effect", times=100_000)
        await merchant.http.post("/api/v1/test/clock", json={"mode": "frozen"})
        payment_id = (await merchant.pay(await merchant.order())).json()["id"]
        await merchant.http.post("/api/v1/test/clock", json={"advance": "14m"})
        before = await merchant.payment(payment_id)
        await merchant.http.post("/api/v1/test/clock", json={"advance": "2m"})
        after = await merchant.payment(payment_id)

        assert before["status"] == "pending"
        assert (after["status"], after["error_code"]) == ("failed", "BANK_TIMEOUT")
        async with httpx.AsyncClient(base_url=sandbox.urls.bank, trust_env=False) as bank:
            headers = {"X-Bank-Key": "bank_test_key", "X-Bank-Id": MERCHANT}
            blocked = await bank.get(f"/v1/requests/{payment_id}:auth:1", headers=headers)
        assert (blocked.json()["status"], blocked.json()["decline_code"]) == (
            "declined",
            "cancelled_by_caller",
        )
