"""
Acts out what a scenario's `drive` says, against the real gateway and bank, and looks at the whole consequence.
"""

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx

from paywright.sandbox import Sandbox
from tests.merchant import Merchant, wait_until

MERCHANT_ID = "550e8400-e29b-41d4-a716-446655440000"
BANK_HEADERS = {"X-Bank-Key": "bank_test_key", "X-Bank-Id": MERCHANT_ID}


@dataclass
class Drive:
    """
    One scenario being acted out.  Payments and refunds are counted from 0, in the order of their creation.
    """

    sandbox: Sandbox
    merchant: Merchant
    bank: httpx.AsyncClient
    day: str
    payments: list[str] = field(default_factory=list)
    refunds: list[str] = field(default_factory=list)
    disputes: list[str] = field(default_factory=list)

    async def load(self, document: dict[str, Any]) -> None:
        """
        A clean bank with this scenario, and a clock that stands still at noon of the scenario's own day.
        """
        await self.clock({"mode": "frozen", "now": f"{self.day}T12:00:00Z"})
        await self._subscribe_to_all()
        (await self.bank.post("/control/reset")).raise_for_status()
        answer = await self.bank.post("/control/scenarios", json=document)
        assert answer.status_code == 201, answer.text

    async def clock(self, body: dict[str, str]) -> None:
        """
        Set or advance the clock.
        """
        answer = await self.merchant.http.post("/api/v1/test/clock", json=body, timeout=60)
        assert answer.status_code == 200, answer.text

    async def _subscribe_to_all(self) -> None:
        answer = await self.merchant.http.put("/api/v1/webhooks/config", json={"events": None})
        assert answer.status_code == 200, answer.text

    async def act(self, action: dict[str, Any]) -> None:
        """
        One line of the drive.
        """
        ((name, details),) = action.items()
        await getattr(self, f"_{name}")(details)

    async def _advance(self, duration: str) -> None:
        await self.clock({"advance": duration})

    async def _pay(self, wanted: dict[str, Any]) -> None:
        order = await self.merchant.http.post(
            "/api/v1/orders",
            json={
                "amount": wanted.get("amount", 50_000),
                "currency": wanted.get("currency", "INR"),
            },
        )
        body: dict[str, Any] = {"order_id": order.json()["id"], "method": "upi"}
        if "card" in wanted:
            expiry = {"expiry_month": "12", "expiry_year": "2035", "cvv": "123"}
            body |= {"method": "card", "card": {"number": wanted["card"], **expiry}}
        else:
            body["vpa"] = wanted.get("vpa", "payer@bank")
        if wanted.get("manual"):
            body["capture_method"] = "manual"
        answer = await self.merchant.http.post("/api/v1/payments", json=body)
        assert (answer.status_code, answer.json().get("status")) == (201, "pending"), answer.text
        self.payments.append(answer.json()["id"])
        await self.clock({"advance": "10ms"})

    async def _refuse(self, wanted: dict[str, int]) -> None:
        (await self.bank.post("/control/refuse", json=wanted)).raise_for_status()

        async def refused() -> bool | None:
            try:
                await self.bank.get("/health")
            except httpx.ConnectError:
                return True
            except httpx.TransportError:
                return None
            return None

        await wait_until(refused, what="the bank's closed door")

    async def _wait_until_open(self, _: dict[str, int]) -> None:
        async def answers() -> bool | None:
            try:
                return (await self.bank.get("/health")).is_success or None
            except httpx.TransportError:
                return None

        await wait_until(answers, what="the bank's return")

    async def _pay_unsettled(self, _: dict[str, int]) -> None:
        """
        A payment while the bank cannot even be told the time.
        """
        answer = await self.merchant.pay(await self.merchant.order(), vpa="payer@bank")
        assert (answer.status_code, answer.json()["status"]) == (201, "pending")
        self.payments.append(answer.json()["id"])

    async def _capture(self, wanted: dict[str, Any]) -> None:
        body = {"amount": wanted["amount"]} if "amount" in wanted else {}
        payment_id = self.payments[wanted["payment"]]
        answer = await self.merchant.http.post(f"/api/v1/payments/{payment_id}/capture", json=body)
        assert answer.status_code == 200, answer.text
        await self.clock({"advance": "10ms"})

    async def _refund(self, wanted: dict[str, Any]) -> None:
        answer = await self.merchant.refund(self.payments[wanted["payment"]], wanted["amount"])
        assert answer.status_code == 201, answer.text
        self.refunds.append(answer.json()["id"])
        await self.clock({"advance": "6s"})

    async def _challenge(self, wanted: dict[str, Any]) -> None:
        payment = await self.merchant.payment(self.payments[wanted["payment"]])
        page = payment["next_action"]["url"]
        answer = await self.bank.post(page, data={"choice": wanted["choice"]})
        assert answer.status_code == 200, answer.text
        await self.clock({"advance": "10ms"})

    async def _subscribe(self, events: list[str]) -> None:
        answer = await self.merchant.http.put("/api/v1/webhooks/config", json={"events": events})
        assert answer.status_code == 200, answer.text

    async def _dispute(self, wanted: dict[str, Any]) -> None:
        body = {**wanted, "payment_reference": self.payments[wanted["payment"]]}
        answer = await self.bank.post(
            "/control/disputes", json={k: v for k, v in body.items() if k != "payment"}
        )
        assert answer.status_code == 201, answer.text
        self.disputes.append(answer.json()["dispute_id"])
        await self.clock({"advance": "10ms"})

    async def _close_dispute(self, wanted: dict[str, Any]) -> None:
        dispute_id = self.disputes[wanted["dispute"]]
        answer = await self.bank.post(f"/control/disputes/{dispute_id}/{wanted['result']}")
        assert answer.status_code == 200, answer.text
        await self.clock({"advance": "10ms"})

    async def _expect(self, wanted: dict[str, Any]) -> None:
        payment = await self.merchant.payment(self.payments[wanted["payment"]])
        assert payment["status"] == wanted["status"]

    async def seen(self, consequence: dict[str, Any]) -> dict[str, Any]:
        """
        What is there now, in the words and as far as the expected consequence speaks of it.
        """
        found: dict[str, Any] = {}
        if "payments" in consequence:
            rows = [await self._row("payments", one) for one in self.payments]
            found["payments"] = _alike(rows, consequence["payments"])
        if "refunds" in consequence:
            rows = [await self._row("refunds", one) for one in self.refunds]
            found["refunds"] = _alike(rows, consequence["refunds"])
        if "events" in consequence:
            found["events"] = await self._events()
        if "book" in consequence:
            entries = (await self.bank.get("/control/entries")).json()["entries"]
            found["book"] = [[entry["kind"], entry["amount"]] for entry in entries]
        if "reconcile" in consequence:
            found["reconcile"] = await self._reconciled()
        return found

    async def _row(self, table: str, id_: str) -> dict[str, Any]:
        connection = await asyncpg.connect(self.sandbox.urls.database)
        row = await connection.fetchrow(f"SELECT * FROM {table} WHERE id = $1", id_)
        await connection.close()
        assert row is not None
        return {**row, "needs_review": row["needs_review"] is not None}

    async def _events(self) -> list[str]:
        """
        Verified webhooks about these payments, in the order in which they happened.
        """
        deliveries = await self.merchant.received()
        mine = [d for d in deliveries if any(one in d["body_text"] for one in self.payments)]
        return [d["event"] for d in sorted(mine, key=sequence)]

    async def _reconciled(self) -> dict[str, int]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gateway.cli", "reconcile", "--date", self.day, "--json",
            env={**os.environ, "DATABASE_URL": self.sandbox.urls.database, "BANK_URL": self.sandbox.urls.bank, "TEST_MODE": "true"},
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, _ = await process.communicate()
        mismatches = json.loads(out)["mismatches"]
        assert process.returncode == (1 if mismatches else 0)
        asked = {"date": self.day}
        shown = (await self.merchant.http.get("/api/v1/ledger/reconciliation", params=asked)).json()
        own = [one for one in mismatches if one.pop("merchant_id") == MERCHANT_ID]
        assert shown == {"date": self.day, "agrees": not own, "mismatches": own}
        classes = [mismatch["class"] for mismatch in mismatches]
        return {name: classes.count(name) for name in sorted(set(classes))}


def _alike(rows: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = [list(item) for item in wanted] + [["status"]] * len(rows)
    return [{name: row[name] for name in names[index]} for index, row in enumerate(rows)]


def sequence(delivery: dict[str, Any]) -> int:
    """
    The place of a delivery's event among all events.
    """
    headers = {key.lower(): value for key, value in delivery["headers"]}
    return int(headers["x-webhook-sequence"])
