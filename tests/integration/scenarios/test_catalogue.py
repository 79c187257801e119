"""
Every trigger of the served catalogue, through the gateway: the outcome it names, the source it is said to be, and the webhooks that must follow, in order.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from paywright.pytest_plugin import SandboxFactory
from paywright.sandbox import Sandbox
from simulator.domain.outcomes import triggers
from tests.integration.scenarios.driving import BANK_HEADERS, sequence
from tests.merchant import CARD, Merchant, open_merchant, wait_until

_PLAIN = {"method": "upi", "vpa": "payer@bank"}
_SOURCES = {"card": "instrument", "vpa": "instrument", "bank_code": "instrument"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sandbox(new_sandbox: SandboxFactory) -> AsyncIterator[Sandbox]:
    """
    Amount triggers on, no delays.
    """
    env = {"TEST_PROCESSING_DELAY": "0", "TEST_AMOUNT_TRIGGERS": "true"}
    async with new_sandbox(env=env) as running:
        yield running


def _request(kind: str, value: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    """
    Amount, members of the payment and headers that pull a trigger.
    """
    bodies: dict[str, dict[str, Any]] = {
        "card": {"method": "card", "card": {**CARD, "number": value}},
        "vpa": {"method": "upi", "vpa": value},
        "bank_code": {"method": "netbanking", "bank_code": value},
        "holder": {"method": "card", "card": {**CARD, "holder_name": value}},
        "control": {"method": "upi", "vpa": f"{value.replace('_', '-')}@control"},
    }
    amount = int(value) if kind == "amount" else 50_000
    headers = {"X-Test-Scenario": value} if kind == "header" else {}
    return amount, bodies.get(kind, _PLAIN), headers


async def _pull(merchant: Merchant, kind: str, value: str, outcome: dict[str, Any]) -> None:
    amount, body, headers = _request(kind, value)
    order_id = await merchant.order(amount)
    answer = await merchant.http.post(
        "/api/v1/payments", json={"order_id": order_id, **body}, headers=headers
    )
    assert answer.status_code == 201, answer.text
    payment_id = answer.json()["id"]
    if outcome["challenge"]:

        async def page() -> str | None:
            found: str | None = (
                (await merchant.payment(payment_id)).get("next_action", {}).get("url")
            )
            return found

        form = {"choice": "approve"}
        (await merchant.receiver.post(await wait_until(page), data=form)).raise_for_status()
    payment = await merchant.decided(payment_id)
    expected = "failed" if outcome["decline_code"] else "success"
    assert payment["status"] == expected, (kind, value)
    assert payment.get("decline_code") == outcome["decline_code"], (kind, value)
    source = _SOURCES.get(kind, kind)
    assert payment["test_trigger"] == f"{source}:{outcome['name']}", (kind, value)

    async def announced() -> list[str] | None:
        mine = [d for d in await merchant.received() if payment_id in d["body_text"]]
        in_order = [delivery["event"] for delivery in sorted(mine, key=sequence)]
        return in_order if len(mine) >= len(outcome["webhooks"]) else None

    assert await wait_until(announced) == outcome["webhooks"], (kind, value)


@pytest.mark.parametrize("kind", list(triggers()))
async def test_every_trigger_has_its_outcome(sandbox: Sandbox, kind: str) -> None:
    """
    The pairs come from `GET /outcomes` itself, so a new row is tested as soon as it exists.
    """
    async with (
        open_merchant(sandbox) as merchant,
        httpx.AsyncClient(
            base_url=sandbox.urls.bank, headers=BANK_HEADERS, trust_env=False
        ) as bank,
    ):
        served = (await bank.get("/outcomes")).json()
        outcomes = {outcome["name"]: outcome for outcome in served["outcomes"]}
        pairs = served["triggers"][kind]
        rules = [
            {"when": {"vpa": f"{name.replace('_', '-')}@control"}, "then": {"outcome": name}}
            for name in outcomes
        ]
        await bank.post("/control/scenarios", json={"name": "by-control", "rules": rules})
        slots = asyncio.Semaphore(6)

        async def one(value: str, name: str) -> None:
            async with slots:
                await _pull(merchant, kind, value, outcomes[name])

        assert pairs
        await asyncio.gather(*(one(value, name) for value, name in pairs.items()))
        await bank.post("/control/reset")


async def test_refunds_raced_by_a_gate_never_exceed_the_payment(sandbox: Sandbox) -> None:
    """
    Two refunds of 300.00 on 500.00: the first waits at the bank when the second is asked for; one is refused, whatever the bank does next.
    """
    async with (
        open_merchant(sandbox) as merchant,
        httpx.AsyncClient(
            base_url=sandbox.urls.bank, headers=BANK_HEADERS, timeout=30, trust_env=False
        ) as bank,
    ):
        payment_id = await merchant.paid(50_000)
        await bank.put("/control/gates/refunds", json={"when": {"operation": "refund"}})
        first = await merchant.refund(payment_id, 30_000)
        waiting = await bank.get("/control/gates/refunds?count=1&within_ms=8000")
        second = await merchant.refund(payment_id, 30_000)
        released = await bank.delete("/control/gates/refunds")

        assert waiting.json()["complete"]
        assert (first.status_code, second.status_code) == (201, 400)
        assert released.json()["released"] == [f"{first.json()['id']}:refund:1"]
