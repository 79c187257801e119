"""
The HTTP face: ids of requests, headers, pages, aliases, keys in flight, endpoints that are gone.
"""

import asyncio
import uuid

import asyncpg
import httpx

from gateway.domain.secrets_at_rest import TEST_SIGNING_SECRET, SecretBox
from paywright.pytest_plugin import SandboxFactory
from paywright.sandbox import Sandbox
from tests.merchant import CARD, Merchant, wait_until


async def test_every_answer_has_a_request_id_and_security_headers(merchant: Merchant) -> None:
    """
    A valid id is echoed, a strange one replaced.
    """
    given = await merchant.http.get("/health", headers={"X-Request-Id": "trace-12345"})
    strange = await merchant.http.get("/nothing", headers={"X-Request-Id": "a b<script>"})

    assert given.headers["X-Request-Id"] == "trace-12345"
    assert strange.headers["X-Request-Id"].startswith("req_")
    for answer in (given, strange):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "server" not in answer.headers


async def test_health_readiness_and_metrics_are_apart(merchant: Merchant) -> None:
    """
    Three routes, without credentials.
    """
    health, ready, metrics = [
        (await merchant.http.get(path)) for path in ("/health", "/ready", "/metrics")
    ]

    assert health.json()["worker"] == "running"
    assert ready.json() == {"ready": True}
    assert "gateway_http_requests_total" in metrics.text


async def test_pages_by_cursor_and_offset_agree(merchant: Merchant) -> None:
    """
    Seven orders, three a page: the same rows in the same order, none twice.
    """
    newest = [await merchant.order() for _ in range(7)][::-1]
    by_offset: list[str] = []
    for offset in (0, 3, 6):
        page = (
            await merchant.http.get("/api/v1/orders", params={"limit": 3, "offset": offset})
        ).json()
        by_offset += [row["id"] for row in page["data"]]
    by_cursor: list[str] = []
    cursor = ""
    for _ in range(3):
        page = (
            await merchant.http.get("/api/v1/orders", params={"limit": 3, "cursor": cursor})
        ).json()
        by_cursor += [row["id"] for row in page["data"]]
        cursor = page["next_cursor"]

    assert by_offset[:7] == by_cursor[:7] == newest


async def test_aliases_of_the_wild_are_taken(merchant: Merchant) -> None:
    """
    orderId, upi_id, flat card members.
    """
    order_id = await merchant.order()
    upi = {"orderId": order_id, "method": "upi", "upi_id": "a@b"}
    card = {
        "order_id": order_id,
        "method": "card",
        "card_number": CARD["number"],
        "card_expiry": "12/35",
        "card_cvv": "123",
    }

    answers = [await merchant.http.post("/api/v1/payments", json=body) for body in (upi, card)]

    assert [a.status_code for a in answers] == [201, 201]
    assert answers[1].json()["card_last4"] == "1111"


async def test_key_in_flight_is_409(merchant: Merchant, sandbox: Sandbox) -> None:
    """
    Somebody holds the key's row: 409 with Retry-After, nothing created; afterwards the same request goes through.
    """
    order_id = await merchant.order()
    connection = await asyncpg.connect(sandbox.urls.database)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(
        "INSERT INTO idempotency_keys (key, merchant_id, response, created_at, expires_at, operation, fingerprint, response_status, response_body) "
        "VALUES ($1, '550e8400-e29b-41d4-a716-446655440000', '{}', now(), now() + interval '1 day', 'x', '', 201, '')",
        f"flight-{order_id}",
    )
    held = await merchant.pay(order_id, key=f"flight-{order_id}")
    await transaction.rollback()
    await connection.close()
    free = await merchant.pay(order_id, key=f"flight-{order_id}")

    assert (held.status_code, held.json()["error"]["code"], held.headers["Retry-After"]) == (
        409,
        "IDEMPOTENCY_KEY_IN_USE",
        "1",
    )
    assert free.status_code == 201
    assert (await merchant.http.get("/api/v1/payments", params={"order_id": order_id})).json()[
        "total"
    ] == 1


async def test_public_routes_serve_the_checkout_only(merchant: Merchant, sandbox: Sandbox) -> None:
    """
    Tokenise, pay and poll without credentials; CORS for the checkout's origin; nothing of the merchant.
    """
    order_id = await merchant.order()
    async with httpx.AsyncClient(base_url=sandbox.urls.api, trust_env=False) as payer:
        token = await payer.post("/api/v1/tokens/public", json={"order_id": order_id, **CARD})
        body = {"order_id": order_id, "method": "card", "card_token": token.json()["token"]}
        created = await payer.post("/api/v1/payments/public", json=body)
        shown = await payer.get(f"/api/v1/payments/{created.json()['id']}/public")
        preflight = await payer.options(
            "/api/v1/payments/public", headers={"Origin": sandbox.urls.checkout}
        )

    assert (token.status_code, created.status_code, shown.status_code, preflight.status_code) == (
        201,
        201,
        200,
        204,
    )
    assert preflight.headers["Access-Control-Allow-Origin"] == sandbox.urls.checkout
    assert "merchant_id" not in shown.json()
    assert (await merchant.decided(created.json()["id"]))["status"] == "success"


async def test_gone_endpoint_is_disabled_outside_test_mode(new_sandbox: SandboxFactory) -> None:
    """
    410 ends the delivery and disables the endpoint; saving the settings again enables it.
    """
    key = "a key of sixteen or more"
    env = {
        "TEST_MODE": "false",
        "SECRETS_KEY": key,
        "WEBHOOK_EGRESS": "sandbox",
        "PROCESSING_DELAY_MIN": "1",
        "PROCESSING_DELAY_MAX": "2",
    }
    async with new_sandbox(env=env) as sandbox:
        box, merchant_id = SecretBox.from_text(key), uuid.uuid4()
        connection = await asyncpg.connect(sandbox.urls.database)
        await connection.execute(
            "INSERT INTO merchants (id, name, email, api_key, api_secret_hash, created_at, updated_at) VALUES ($1, 'm', 'm', 'key_live_m', $2, now(), now())",
            merchant_id, box.hash_secret("secret_live_m"),
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO webhook_secrets (merchant_id, scheme, ciphertext, created_at) VALUES ($1, 'standard', $2, now())",
            merchant_id, box.encrypt(TEST_SIGNING_SECRET, owner=str(merchant_id), nonce=b"n" * 12),
        )  # fmt: skip
        await connection.close()
        headers = {"X-Api-Key": "key_live_m", "X-Api-Secret": "secret_live_m"}
        async with (
            httpx.AsyncClient(base_url=sandbox.urls.api, headers=headers, trust_env=False) as http,
            httpx.AsyncClient(base_url=sandbox.urls.receiver, trust_env=False) as receiver,
        ):
            await receiver.put("/behaviour", json={"inbox": "gone", "rules": [{"status": 410}]})
            await http.put(
                "/api/v1/webhooks/config",
                json={"webhook_url": f"{sandbox.urls.receiver}/webhook/gone"},
            )
            await http.post("/api/v1/webhooks/test")

            async def disabled() -> dict[str, object] | None:
                found: dict[str, object] = (await http.get("/api/v1/webhooks/config")).json()[
                    "endpoint"
                ]
                return found if found["status"] == "disabled" else None

            endpoint = await wait_until(disabled)
            log = (await http.get("/api/v1/webhooks")).json()["data"][0]
            again = await http.post("/api/v1/webhooks/test")
            enabled = await http.put(
                "/api/v1/webhooks/config",
                json={"webhook_url": f"{sandbox.urls.receiver}/webhook/back"},
            )

        assert "410" in str(endpoint["disabled_reason"])
        assert (log["status"], log["attempts"]) == ("failed", 1)
        assert again.status_code == 400
        assert enabled.json()["endpoint"]["status"] == "enabled"


async def test_orders_made_at_once_have_different_ids(merchant: Merchant) -> None:
    """
    Fifty at once.
    """
    ids = await asyncio.gather(*(merchant.order() for _ in range(50)))

    assert len(set(ids)) == 50
