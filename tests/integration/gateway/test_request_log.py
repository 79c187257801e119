"""
The request log: what is noted, what never is, how it is found.
"""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from paywright.sandbox import Sandbox
from tests.integration.gateway.books import Book, open_book
from tests.merchant import CARD, Merchant, wait_until


@pytest_asyncio.fixture(loop_scope="session")
async def book(sandbox: Sandbox) -> AsyncIterator[Book]:
    """
    A merchant of this test's own.
    """
    async with open_book(sandbox) as one:
        yield one


async def _logged(book: Book, request_id: str) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        answer = await book.http.get(f"/api/v1/request-log/{request_id}")
        row: dict[str, Any] = answer.json()
        return row if answer.status_code == 200 else None

    return await wait_until(look, what=f"a line about {request_id}")


async def test_a_request_and_its_answer(book: Book) -> None:
    """
    Path, status, bodies, the created object, the key and its replay, the error's code; found by each filter.
    """
    order = await book.http.post(
        "/api/v1/orders", json={"amount": 500}, headers={"X-Request-Id": "order-0001"}
    )
    order_id = order.json()["id"]
    body = {"order_id": order_id, "method": "upi", "vpa": "success@bank"}
    for number in (1, 2):
        headers = {"Idempotency-Key": "log-key", "X-Request-Id": f"payment-{number}"}
        created = await book.http.post("/api/v1/payments", json=body, headers=headers)
    payment_id = created.json()["id"]
    await book.http.get("/api/v1/payments/pay_0", headers={"X-Request-Id": "nothing-1"})
    missing = await _logged(book, "nothing-1")
    first, again = await _logged(book, "payment-1"), await _logged(book, "payment-2")

    assert (first["method"], first["path"], first["status"]) == ("POST", "/api/v1/payments", 201)
    assert first["request_body"] == f'{{"order_id":"{order_id}","method":"upi","vpa":"success@bank"}}'  # fmt: skip
    assert first["response_body"] == again["response_body"] == created.text
    assert [(row["entity_id"], row["idempotency_key"], row["replayed"]) for row in (first, again)] == [
        (payment_id, "log-key", False),
        (payment_id, "log-key", True),
    ]  # fmt: skip
    assert first["at"] == created.json()["created_at"]
    assert 0 < first["duration_ms"] < 30_000
    assert (missing["status"], missing["error_code"], missing["entity_id"]) == (404, "NOT_FOUND_ERROR", "pay_0")  # fmt: skip

    async def found(**query: str) -> list[str]:
        rows = (await book.get("/request-log", **query))["data"]
        return [row["request_id"] for row in rows]

    assert await found(status="4xx") == await found(status="404") == ["nothing-1"]
    assert await found(method="POST") == ["payment-2", "payment-1", "order-0001"]
    assert await found(path="/api/v1/ord") == await found(entity_id=order_id) == ["order-0001"]
    assert await found(q="payment-1") == ["payment-1"]
    assert (await book.http.get("/api/v1/request-log?status=40")).status_code == 400


async def test_card_data_and_secrets_are_never_kept(book: Book) -> None:
    """
    No number, not even a mistyped one, no security code, no secret: nowhere in the table.
    """
    order_id = (await book.http.post("/api/v1/orders", json={"amount": 500})).json()["id"]
    mistyped, code = "4111111111111112", "739"
    cards = ({**CARD, "cvv": code}, {**CARD, "number": mistyped, "cvv": code})
    for number, card in enumerate(cards):
        await book.http.post(
            "/api/v1/payments",
            json={"order_id": order_id, "method": "card", "card": card},
            headers={"X-Request-Id": f"card-000{number}", "Idempotency-Key": CARD["number"]},
        )
    for number, text in enumerate((f'{{"cvv": "{code}", ', f'{{"\\u0063vv": "{code}" '), 2):
        await book.http.post(
            "/api/v1/payments",
            content=text,
            headers={"X-Request-Id": f"card-000{number}", "Content-Type": "application/json"},
        )
    url = {"webhook_url": "http://127.0.0.1:9/hook"}
    await book.http.put("/api/v1/webhooks/config", json=url, headers={"X-Request-Id": "config-1"})
    rotated = await book.http.post("/api/v1/webhooks/config/regenerate-secret", headers={"X-Request-Id": "config-2"})  # fmt: skip
    await _logged(book, "config-2")

    rows = await book.database.fetch(
        "SELECT request_log::text AS row FROM request_log WHERE merchant_id = $1 ORDER BY id",
        book.id,
    )
    everything = "\n".join(row["row"] for row in rows)
    assert len(rows) == 7
    assert rotated.json()["webhook_secret"].startswith("whsec_")
    for secret in (CARD["number"], mistyped, code, rotated.json()["webhook_secret"], rotated.json()["signing_secret"]):  # fmt: skip
        assert secret not in everything
    assert "[card …1111]" in everything


async def test_page_views_and_strangers_are_not_noted(book: Book) -> None:
    """
    The dashboard's reading would bury everything else; wrong credentials belong to nobody.
    """
    view = {"X-Paywright-Client": "dashboard"}
    await book.http.get("/api/v1/orders", headers={**view, "X-Request-Id": "page-view-1"})
    await book.http.get("/api/v1/orders", headers={"X-Api-Secret": "x", "X-Request-Id": "stranger-1"})  # fmt: skip
    await book.http.post("/api/v1/orders", json={"amount": 1}, headers={**view, "X-Request-Id": "action-01"})  # fmt: skip
    await _logged(book, "action-01")

    seen = await book.database.fetch(
        "SELECT request_id FROM request_log WHERE request_id = ANY ($1)",
        ["page-view-1", "stranger-1", "action-01"],
    )
    assert [row["request_id"] for row in seen] == ["action-01"]


async def test_the_payers_requests_belong_to_the_merchant(merchant: Merchant) -> None:
    """
    On the public routes nobody authenticates; the order says whose they are.
    """
    order_id = await merchant.order()
    tags = [uuid.uuid4().hex for _ in range(3)]
    bodies: list[tuple[str, str, dict[str, Any] | None]] = [
        ("GET", f"/api/v1/orders/{order_id}/public", None),
        ("POST", "/api/v1/payments/public", {"order_id": order_id, "method": "upi", "vpa": "bad"}),
        ("POST", "/api/v1/payments/public", {"order_id": order_id, "method": "upi", "vpa": "success@bank"}),
    ]  # fmt: skip
    for tag, (method, path, body) in zip(tags, bodies, strict=True):
        answer = await merchant.http.request(
            method, path, json=body, headers={"X-Request-Id": tag, "X-Api-Key": "", "X-Api-Secret": ""}
        )  # fmt: skip

    async def logged() -> list[dict[str, Any]] | None:
        found = [(await merchant.http.get(f"/api/v1/request-log/{tag}")).json() for tag in tags]
        return found if all("id" in row for row in found) else None

    rows = await wait_until(logged)
    assert [(row["status"], row["entity_id"]) for row in rows] == [
        (200, order_id),
        (400, None),
        (201, answer.json()["id"]),
    ]
