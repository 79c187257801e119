"""
Merchants of the tests' own, whose rows are written by hand: nobody else's requests change their figures.
"""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import httpx

from gateway.config import TEST_SECRETS_KEY
from gateway.domain.secrets_at_rest import SecretBox
from paywright.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Book:
    """
    A merchant: its id, its client, and the database that its rows are written to.
    """

    id: uuid.UUID
    http: httpx.AsyncClient
    database: Any

    async def get(self, path: str, /, **query: str | int) -> Any:
        """
        The document at `/api/v1{path}`.
        """
        answer = await self.http.get(f"/api/v1{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def ids(self, path: str, /, **query: str | int) -> list[str]:
        """
        The ids of a page.
        """
        return [row["id"] for row in (await self.get(path, **query))["data"]]

    async def order(self, order_id: str, at: datetime, *, receipt: str | None = None) -> str:
        """
        An order's row.
        """
        await self.database.execute(
            "INSERT INTO orders (id, merchant_id, amount, currency, receipt, created_at, updated_at) VALUES ($1, $2, 100, 'INR', $3, $4, $4)",
            order_id, self.id, receipt, at,
        )  # fmt: skip
        return order_id

    async def payment(
        self,
        payment_id: str,
        order_id: str,
        *,
        at: datetime,
        status: str = "pending",
        amount: int = 100,
        currency: str = "INR",
        refunded: int = 0,
        decided_at: datetime | None = None,
    ) -> None:
        """
        A payment's row.
        """
        paid = amount if status == "success" else 0
        await self.database.execute(
            "INSERT INTO payments (id, order_id, merchant_id, amount, currency, method, status, created_at, updated_at, authorised_minor, paid_minor, "
            "refunded_minor, bank_request_id, bank_instrument, decided_at) VALUES ($1::text, $2, $3, $4, $5, 'upi', $6, $7, $7, $8, $8, $9, $1::text || ':auth:1', '{}', $10)",
            payment_id, order_id, self.id, amount, currency, status, at, paid, refunded, decided_at,
        )  # fmt: skip

    async def delivery(
        self, *, event: str, at: datetime, status: str = "failed", event_id: str = "evt_0"
    ) -> uuid.UUID:
        """
        A delivery's row.
        """
        delivery_id = uuid.uuid4()
        await self.database.execute(
            "INSERT INTO webhook_logs (id, merchant_id, event, payload, status, attempts, created_at, event_id, entity_id, body) "
            "VALUES ($1, $2, $3, '{}', $4, 5, $5, $6, 'pay_0', '{}')",
            delivery_id, self.id, event, status, at, event_id,
        )  # fmt: skip
        return delivery_id

    async def attempt(
        self, delivery_id: uuid.UUID, number: int, *, at: datetime, status: int | None, ms: int
    ) -> None:
        """
        An ended attempt's row; status None is no answer.
        """
        await self.database.execute(
            "INSERT INTO webhook_attempts (log_id, generation, number, started_at, finished_at, url, status, latency_ms, merchant_id) "
            "VALUES ($1, 1, $2, $3, $3, 'http://127.0.0.1/', $4, $5, $6)",
            delivery_id, number, at, status, ms, self.id,
        )  # fmt: skip

    async def job(self, kind: str, entity_id: str, *, at: datetime, **columns: Any) -> None:
        """
        A work item's row, not due before the year 2100 unless it says so.
        """
        values = {"due_at": datetime.fromisoformat("2100-01-01T00:00:00Z"), **columns}
        names = ", ".join(values)
        places = ", ".join(f"${number}" for number in range(5, 5 + len(values)))
        await self.database.execute(
            f"INSERT INTO work_items (kind, entity_id, merchant_id, created_at, {names}) VALUES ($1, $2, $3, $4, {places})",
            kind, entity_id, self.id, at, *values.values(),
        )  # fmt: skip


async def load(book: Book, *, payments: int, until: datetime, over: timedelta) -> None:
    """
    That many payments, evenly spread over the time before `until`, each with one webhook attempt; by COPY.
    """
    tag, step = uuid.uuid4().hex[:8], over / payments
    order_id = await book.order(f"order_{tag}00000000", until)
    delivery = await book.delivery(event="payment.success", at=until)
    rows, attempts = [], []
    for number in range(payments):
        at = until - step * number
        status = "failed" if number % 10 == 0 else "success"
        amount = 10_000 + number % 900
        paid = amount if status == "success" else 0
        decided = at + timedelta(milliseconds=number % 997)
        rows.append(
            (
                f"pay_{tag}{number:08}",
                order_id,
                book.id,
                amount,
                "INR",
                "upi",
                status,
                "success@bank",
                at,
                decided,
                decided,
                paid,
                paid,
                f"{tag}{number}",
                '{"type":"upi"}',
            )
        )
        code = 500 if number % 7 == 0 else 200
        attempts.append((delivery, 1, number, decided, decided, "http://127.0.0.1/", code, number % 50, book.id))  # fmt: skip
    await book.database.copy_records_to_table(
        "payments",
        records=rows,
        columns=[
            "id", "order_id", "merchant_id", "amount", "currency", "method", "status", "vpa", "created_at", "updated_at", "decided_at",
            "authorised_minor", "paid_minor", "bank_request_id", "bank_instrument",
        ],
    )  # fmt: skip
    await book.database.copy_records_to_table(
        "webhook_attempts",
        records=attempts,
        columns=["log_id", "generation", "number", "started_at", "finished_at", "url", "status", "latency_ms", "merchant_id"],
    )  # fmt: skip
    await book.database.execute("VACUUM ANALYZE payments, webhook_attempts")


@asynccontextmanager
async def open_book(sandbox: Sandbox) -> AsyncIterator[Book]:
    """
    A new merchant without any rows.
    """
    name = uuid.uuid4().hex[:12]
    key, secret = f"key_test_{name}", f"secret_test_{name}"
    owner = uuid.uuid4()
    database = await asyncpg.connect(sandbox.urls.database)
    await database.execute(
        "INSERT INTO merchants (id, name, email, api_key, api_secret_hash, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, now(), now())",
        owner, name, f"{name}@example.com", key, SecretBox.from_text(TEST_SECRETS_KEY).hash_secret(secret),
    )  # fmt: skip
    headers = {"X-Api-Key": key, "X-Api-Secret": secret}
    async with httpx.AsyncClient(
        base_url=sandbox.urls.api, headers=headers, timeout=30, trust_env=False
    ) as http:
        yield Book(owner, http, database)
    await database.close()
