"""
The figures at their full size: 1,000 keys × 50 requests, 1,000 four-way refund races.
"""

import asyncio

import httpx
import pytest

from paywright.pytest_plugin import SandboxFactory
from tests.merchant import CREDENTIALS, open_merchant, wait_until

KEYS = 1_000
COPIES = 50
RACES = 1_000
pytestmark = pytest.mark.serial


async def _raw(port: int, requests: list[bytes]) -> list[int]:
    """
    Statuses of requests sent over one keep-alive connection each, released together.
    """
    connections = await asyncio.gather(
        *(asyncio.open_connection("127.0.0.1", port) for _ in requests)
    )
    for (_, writer), request in zip(connections, requests, strict=True):
        writer.write(request)
    statuses = []
    for reader, writer in connections:
        head = await reader.readuntil(b"\r\n\r\n")
        statuses.append(int(head.split(b" ", 2)[1]))
        writer.close()
    return statuses


def _request(path: str, body: bytes, **headers: str) -> bytes:
    sent = {
        "Host": "x",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **CREDENTIALS,
        **headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


async def test_a_thousand_keys_make_a_thousand_payments(new_sandbox: SandboxFactory) -> None:
    """
    50 concurrent requests for each of 1,000 keys: 1,000 payments, no status but 201 and 409.
    """
    async with new_sandbox() as sandbox, open_merchant(sandbox) as merchant:
        await merchant.http.put("/api/v1/webhooks/config", json={"webhook_url": None})
        order_id = await merchant.order()
        port = httpx.URL(sandbox.urls.api).port
        assert port is not None
        body = f'{{"order_id":"{order_id}","method":"upi","vpa":"success@bank"}}'.encode()
        seen: set[int] = set()
        for number in range(KEYS):
            request = _request("/api/v1/payments", body, **{"Idempotency-Key": f"key-{number}"})
            seen |= set(await _raw(port, [request] * COPIES))
        total = (await merchant.http.get("/api/v1/payments")).json()["total"]

        assert total == KEYS
        assert seen <= {201, 409}


async def test_a_thousand_refund_races_never_overrefund(new_sandbox: SandboxFactory) -> None:
    """
    Four refunds of 60 % at once on each of 1,000 payments: one is accepted each time.
    """
    async with new_sandbox() as sandbox, open_merchant(sandbox) as merchant:
        await merchant.http.put("/api/v1/webhooks/config", json={"webhook_url": None})
        order_id = await merchant.order(10_000)
        gate = asyncio.Semaphore(16)

        async def pay() -> str:
            async with gate:
                return str((await merchant.pay(order_id)).json()["id"])

        payments = await asyncio.gather(*(pay() for _ in range(RACES)))

        async def paid() -> bool | None:
            page = await merchant.http.get("/api/v1/payments", params={"status": "success"})
            return True if page.json()["total"] == RACES else None

        await wait_until(paid, within_s=60)
        port = httpx.URL(sandbox.urls.api).port
        assert port is not None
        accepted = []
        for payment_id in payments:
            request = _request(f"/api/v1/payments/{payment_id}/refunds", b'{"amount":6000}')
            accepted.append((await _raw(port, [request] * 4)).count(201))

        assert set(accepted) == {1}
