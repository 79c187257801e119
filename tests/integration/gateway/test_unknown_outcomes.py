"""
Unknown bank outcomes beyond the ready scenarios (tests/integration/scenarios): the vault, refunds, callbacks, and the cancel that makes a failure certain.
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from paywright.pytest_plugin import SandboxFactory
from paywright.sandbox import Sandbox
from tests.merchant import Merchant, open_merchant, wait_until

MERCHANT = "550e8400-e29b-41d4-a716-446655440000"


@asynccontextmanager
async def _open_bank(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"X-Bank-Key": "bank_test_key", "X-Bank-Id": MERCHANT}
    async with httpx.AsyncClient(
        base_url=sandbox.urls.bank, headers=headers, trust_env=False
    ) as bank:
        yield bank


async def _break(bank: httpx.AsyncClient, operation: str, fault: dict[str, Any]) -> None:
    """
    Break the bank's next answer to this operation.
    """
    body = {"when": {"operation": operation}, "fault": fault}
    (await bank.post("/control/faults", json=body)).raise_for_status()


async def test_unreachable_vault_is_retry_later(merchant: Merchant, sandbox: Sandbox) -> None:
    """
    A card cannot be taken without the vault: 503 with Retry-After, nothing created; the next try works.
    """
    card = {"number": "4111111111111111", "expiry_month": "12", "expiry_year": "2035", "cvv": "123"}
    async with _open_bank(sandbox) as bank:
        order_id = await merchant.order()
        await _break(bank, "tokenise", {"kind": "reset", "effect": "before"})
        body = {"order_id": order_id, "method": "card", "card": card}
        answer = await merchant.http.post("/api/v1/payments", json=body)
        page = await merchant.http.get("/api/v1/payments", params={"order_id": order_id})
        again = await merchant.http.post("/api/v1/payments", json=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "RETRY_LATER")
    assert answer.headers["Retry-After"] == "1"
    assert page.json()["total"] == 0
    assert again.status_code == 201


async def test_broken_refund_ends_in_one_credit(merchant: Merchant, sandbox: Sandbox) -> None:
    """
    The answer to a refund is lost: inquiry, one credit.
    """
    async with _open_bank(sandbox) as bank:
        payment_id = await merchant.paid()
        await _break(bank, "refund", {"kind": "reset", "effect": "after"})
        refund = (await merchant.refund(payment_id, 1_000)).json()

        async def processed() -> bool | None:
            found = (await merchant.http.get(f"/api/v1/refunds/{refund['id']}")).json()
            return True if found["status"] == "processed" else None

        await wait_until(processed, within_s=15)
        faults = (await bank.get("/control/journal?kind=fault")).json()["journal"]
        entries = (await bank.get("/control/entries")).json()["entries"]

    assert [line["request_id"] for line in faults].count(f"{refund['id']}:refund:1") == 1
    assert [entry["request_id"].startswith(refund["id"]) for entry in entries].count(True) == 1


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


@pytest.mark.serial
async def test_undecided_payments_are_cancelled_at_the_bank(new_sandbox: SandboxFactory) -> None:
    """
    The bank is away for a quarter of an hour: cancelled there when it is back, and only then failed.
    """
    async with (
        new_sandbox(env={}) as sandbox,
        open_merchant(sandbox) as merchant,
        _open_bank(sandbox) as bank,
    ):
        await merchant.http.post("/api/v1/test/clock", json={"mode": "frozen"})
        away = {"for_ms": 15 * 60_000 + 1_000, "fault": {"kind": "reset", "effect": "before"}}
        await bank.post("/control/scenarios", json={"name": "away", "outages": [away]})
        payment_id = (await merchant.pay(await merchant.order())).json()["id"]
        await merchant.http.post("/api/v1/test/clock", json={"advance": "14m"})
        before = await merchant.payment(payment_id)
        await merchant.http.post("/api/v1/test/clock", json={"advance": "10m"})
        after = await merchant.payment(payment_id)
        blocked = (await bank.get(f"/v1/requests/{payment_id}:auth:1")).json()

    assert before["status"] == "pending"
    assert (after["status"], after["error_code"]) == ("failed", "BANK_TIMEOUT")
    assert (blocked["status"], blocked["decline_code"]) == ("declined", "cancelled_by_caller")
