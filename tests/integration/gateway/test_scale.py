"""
The figures under load: keys × 50 requests, four-way refund races.  A tenth of the size in `make test`, the whole 1,000 in `make figures`.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from paywright.pytest_plugin import SandboxFactory
from tests.merchant import CREDENTIALS, open_merchant, wait_until

FULL = os.environ.get("PAYWRIGHT_FIGURES") == "full"
KEYS = 1_000 if FULL else 100
COPIES = 50
RACES = 1_000 if FULL else 100
pytestmark = pytest.mark.serial


class Burst:
    """
    Warm keep-alive connections; each round sends one request on every one of them, released together.
    """

    def __init__(
        self, connections: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
    ) -> None:
        self._connections = connections

    @classmethod
    @asynccontextmanager
    async def open(cls, port: int, size: int) -> AsyncIterator["Burst"]:
        """
        Connect `size` times.
        """
        connections = await asyncio.gather(
            *(asyncio.open_connection("127.0.0.1", port) for _ in range(size))
        )
        try:
            yield cls(connections)
        finally:
            for _, writer in connections:
                writer.close()

    async def send(self, request: bytes) -> list[int]:
        """
        The statuses of one round.
        """
        for _, writer in self._connections:
            writer.write(request)
        return [await _status(reader) for reader, _ in self._connections]


async def _status(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]
    await reader.readexactly(int(length))
    return int(head.split(b" ", 2)[1])


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


async def test_each_key_makes_one_payment(new_sandbox: SandboxFactory) -> None:
    """
    50 concurrent requests for each key: as many payments as keys, no status but 201 and 409.
    """
    async with new_sandbox() as sandbox, open_merchant(sandbox) as merchant:
        await merchant.http.put("/api/v1/webhooks/config", json={"webhook_url": None})
        order_id = await merchant.order()
        port = httpx.URL(sandbox.urls.api).port
        assert port is not None
        body = f'{{"order_id":"{order_id}","method":"upi","vpa":"success@bank"}}'.encode()
        seen: set[int] = set()
        async with Burst.open(port, COPIES) as burst:
            for number in range(KEYS):
                request = _request("/api/v1/payments", body, **{"Idempotency-Key": f"key-{number}"})
                seen |= set(await burst.send(request))
        total = (await merchant.http.get("/api/v1/payments")).json()["total"]

        assert total == KEYS
        assert seen <= {201, 409}


async def test_refund_races_never_overrefund(new_sandbox: SandboxFactory) -> None:
    """
    Four refunds of 60 % at once on each payment: one is accepted each time.
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
        async with Burst.open(port, 4) as burst:
            for payment_id in payments:
                request = _request(f"/api/v1/payments/{payment_id}/refunds", b'{"amount":6000}')
                accepted.append((await burst.send(request)).count(201))

        assert set(accepted) == {1}
