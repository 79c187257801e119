"""
A merchant as the tests play it: plain HTTP, nothing of the product's own code but the sandbox's addresses.
"""

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx

from paywright.sandbox import Sandbox

Found = TypeVar("Found")
CREDENTIALS = {"X-Api-Key": "key_test_abc123", "X-Api-Secret": "secret_test_xyz789"}
CARD = {
    "number": "4111111111111111",
    "expiry_month": "12",
    "expiry_year": "2035",
    "cvv": "123",
    "holder_name": "A",
}
_numbers = itertools.count()


async def wait_until(
    look: Callable[[], Awaitable[Found | None]], *, within_s: float = 10.0, what: str = "it"
) -> Found:
    """
    Poll until there is something; fails the test when there is nothing in time.
    """
    deadline = time.monotonic() + within_s
    while True:
        found = await look()
        if found is not None:
            return found
        assert time.monotonic() < deadline, f"{what} did not happen within {within_s} s"
        await asyncio.sleep(0.01)


class Merchant:
    """
    Credentials, an inbox of its own, and the usual moves.
    """

    def __init__(self, http: httpx.AsyncClient, receiver: httpx.AsyncClient, inbox: str) -> None:
        self.http = http
        self.receiver = receiver
        self.inbox = inbox

    async def listen(self, url: str) -> None:
        """
        Have webhooks delivered to this inbox.
        """
        answer = await self.http.put(
            "/api/v1/webhooks/config", json={"webhook_url": f"{url}/webhook/{self.inbox}"}
        )
        assert answer.status_code == 200, answer.text

    async def order(self, amount: int = 50_000) -> str:
        """
        A new order's id.
        """
        answer = await self.http.post("/api/v1/orders", json={"amount": amount})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def pay(
        self, order_id: str, *, vpa: str = "success@bank", key: str | None = None, **fields: Any
    ) -> httpx.Response:
        """
        Create a UPI payment.
        """
        headers = {"Idempotency-Key": key} if key else {}
        body = {"order_id": order_id, "method": "upi", "vpa": vpa, **fields}
        return await self.http.post("/api/v1/payments", json=body, headers=headers)

    async def payment(self, payment_id: str) -> dict[str, Any]:
        """
        The payment now.
        """
        answer = await self.http.get(f"/api/v1/payments/{payment_id}")
        document: dict[str, Any] = answer.json()
        return document

    async def decided(self, payment_id: str, *, within_s: float = 10.0) -> dict[str, Any]:
        """
        The payment once it is decided.
        """

        async def look() -> dict[str, Any] | None:
            found = await self.payment(payment_id)
            return found if found["status"] != "pending" else None

        return await wait_until(look, within_s=within_s, what=f"a decision on {payment_id}")

    async def paid(self, amount: int = 50_000, **fields: Any) -> str:
        """
        The id of a payment that succeeded.
        """
        answer = await self.pay(await self.order(amount), **fields)
        assert answer.status_code == 201, answer.text
        payment_id = str(answer.json()["id"])
        assert (await self.decided(payment_id))["status"] == "success"
        return payment_id

    async def refund(self, payment_id: str, amount: int, **fields: Any) -> httpx.Response:
        """
        Create a refund.
        """
        return await self.http.post(
            f"/api/v1/payments/{payment_id}/refunds", json={"amount": amount, **fields}
        )

    async def received(self, *, event: str | None = None) -> list[dict[str, Any]]:
        """
        What arrived in this inbox so far.
        """
        answer = await self.receiver.get("/received", params={"inbox": self.inbox, "limit": 5000})
        found: list[dict[str, Any]] = answer.json()["received"]
        return [delivery for delivery in found if event in (None, delivery["event"])]

    async def behave(self, rules: list[dict[str, Any]]) -> None:
        """
        Make the receiver misbehave for this inbox.
        """
        (
            await self.receiver.put("/behaviour", json={"inbox": self.inbox, "rules": rules})
        ).raise_for_status()


@asynccontextmanager
async def open_merchant(sandbox: Sandbox) -> AsyncIterator[Merchant]:
    """
    The test merchant of this sandbox, listening.
    """
    inbox = f"inbox-{os.getpid()}-{next(_numbers)}"
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
    async with (
        httpx.AsyncClient(
            base_url=sandbox.urls.api,
            headers=CREDENTIALS,
            timeout=30,
            trust_env=False,
            limits=limits,
        ) as http,
        httpx.AsyncClient(base_url=sandbox.urls.receiver, timeout=30, trust_env=False) as receiver,
    ):
        merchant = Merchant(http, receiver, inbox)
        await merchant.listen(sandbox.urls.receiver)
        yield merchant
