"""
Merchants apart, profiles of behaviour, secrets, limits, test mode off.
"""

import base64
import hashlib
import hmac
import os
import shutil
import subprocess
import time
import uuid
from pathlib import Path

import asyncpg
import httpx
import pytest
from standardwebhooks import Webhook

from gateway.config import TEST_SECRETS_KEY
from gateway.domain.secrets_at_rest import SecretBox
from paywright.pytest_plugin import SandboxFactory
from paywright.sandbox import Sandbox
from tests.merchant import Merchant, open_merchant, wait_until


async def _second_merchant(sandbox: Sandbox) -> dict[str, str]:
    """
    Another merchant's credentials.
    """
    name = uuid.uuid4().hex[:12]
    key, secret = f"key_test_{name}", f"secret_test_{name}"
    connection = await asyncpg.connect(sandbox.urls.database)
    await connection.execute(
        "INSERT INTO merchants (id, name, email, api_key, api_secret_hash, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, now(), now())",
        uuid.uuid4(), name, f"{name}@example.com", key, SecretBox.from_text(TEST_SECRETS_KEY).hash_secret(secret),
    )  # fmt: skip
    await connection.close()
    return {"X-Api-Key": key, "X-Api-Secret": secret}


async def test_merchants_never_see_each_other(merchant: Merchant, sandbox: Sandbox) -> None:
    """
    Every route with an id: the same 404 as for nothing; lists count their own only; keys are apart.
    """
    other = await _second_merchant(sandbox)
    order_id = await merchant.order()
    payment_id = await merchant.paid(key=merchant.inbox + "-mine")
    refund_id = (await merchant.refund(payment_id, 100)).json()["id"]
    delivery = (await merchant.http.get("/api/v1/webhooks")).json()["data"][0]["id"]
    routes = [
        ("GET", f"/api/v1/orders/{order_id}"), ("GET", f"/api/v1/payments/{payment_id}"), ("POST", f"/api/v1/payments/{payment_id}/capture"),
        ("POST", f"/api/v1/payments/{payment_id}/void"), ("POST", f"/api/v1/payments/{payment_id}/refunds"),
        ("GET", f"/api/v1/refunds/{refund_id}"), ("POST", f"/api/v1/webhooks/{delivery}/retry"), ("GET", f"/api/v1/webhooks/{delivery}/attempts"),
    ]  # fmt: skip
    for method, path in routes:
        content = b'{"amount": 100}' if method == "POST" else None
        answer = await merchant.http.request(
            method, path, content=content, headers={**other, "Content-Type": "application/json"}
        )
        assert answer.status_code == 404, path
    stolen = await merchant.http.post(
        "/api/v1/payments",
        json={"order_id": order_id, "method": "upi", "vpa": "a@b"},
        headers=other,
    )
    assert stolen.status_code == 404
    for name in ("orders", "payments", "refunds", "webhooks", "events"):
        assert (await merchant.http.get(f"/api/v1/{name}", headers=other)).json()["total"] == 0


async def test_strict_profile(merchant: Merchant, sandbox: Sandbox) -> None:
    """
    422 for another body, 409 for state conflicts and paid orders, problem+json on request.
    """
    headers = await _second_merchant(sandbox)
    put = await merchant.http.put(
        "/api/v1/webhooks/config", json={"behaviour": "strict"}, headers=headers
    )
    assert put.json()["behaviour"] == "strict"

    async def post(path: str, body: dict[str, object], **extra: str) -> httpx.Response:
        return await merchant.http.post(f"/api/v1{path}", json=body, headers={**headers, **extra})

    order_id = (await post("/orders", {"amount": 5_000})).json()["id"]
    body: dict[str, object] = {"order_id": order_id, "method": "upi", "vpa": "success@b"}
    created = await post("/payments", body, **{"Idempotency-Key": "strict"})
    reused = await post(
        "/payments",
        {**body, "vpa": "other@b"},
        **{"Idempotency-Key": "strict", "Accept": "application/problem+json"},
    )
    payment_id = created.json()["id"]

    async def paid() -> bool | None:
        shown = await merchant.http.get(f"/api/v1/orders/{order_id}", headers=headers)
        return True if shown.json()["status"] == "paid" else None

    await wait_until(paid)
    first = await post(f"/payments/{payment_id}/capture", {"amount": 5_000})
    second = await post(f"/payments/{payment_id}/capture", {"amount": 5_000})
    again = await post("/payments", body)

    assert [a.status_code for a in (created, reused, first, second, again)] == [
        201,
        422,
        200,
        409,
        409,
    ]
    assert reused.headers["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "error"} <= set(reused.json())


async def test_rotated_secrets_overlap(new_sandbox: SandboxFactory) -> None:
    """
    Both families verify with the old and the new secret during the overlap, with the new one only after it.
    """
    async with (
        new_sandbox(env={"WEBHOOK_SECRET_OVERLAP_S": "3600"}) as sandbox,
        open_merchant(sandbox) as merchant,
    ):
        await merchant.behave([{"status": 200}])
        await merchant.http.post("/api/v1/test/clock", json={"mode": "frozen"})
        old = (await merchant.http.get("/api/v1/webhooks/config")).json()
        new = (await merchant.http.post("/api/v1/webhooks/config/regenerate-secret")).json()
        assert {old["webhook_secret"], old["signing_secret"]}.isdisjoint(
            {new["webhook_secret"], new["signing_secret"]}
        )

        async def delivered(count: int) -> dict[str, str]:
            await merchant.http.post("/api/v1/webhooks/test")

            async def look() -> dict[str, object] | None:
                found = await merchant.received(event="webhook.test")
                return found[-1] if len(found) >= count else None

            record = await wait_until(look)
            headers = {str(k).lower(): str(v) for k, v in record["headers"]}  # type: ignore[attr-defined]
            body = base64.b64decode(str(record["body_base64"]))
            headers["seen"] = ",".join(
                name
                for name, secret, header in (
                    ("new", new["webhook_secret"], "x-webhook-signature"), ("old", old["webhook_secret"], "x-webhook-signature-old"),
                )
                if hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() == headers.get(header)
            )  # fmt: skip
            return headers

        during = await delivered(1)
        await merchant.http.post("/api/v1/test/clock", json={"advance": "3601s"})
        after = await delivered(2)

        assert (during["seen"], during["webhook-signature"].count("v1,")) == ("new,old", 2)
        assert (after["seen"], after["webhook-signature"].count("v1,")) == ("new", 1)


async def test_test_mode_off_has_no_test_routes(new_sandbox: SandboxFactory) -> None:
    """
    404 for everything below /api/v1/test, and no seeded merchant.
    """
    env = {"TEST_MODE": "false", "SECRETS_KEY": "a key of sixteen or more"}
    async with (
        new_sandbox(env=env) as sandbox,
        httpx.AsyncClient(base_url=sandbox.urls.api, trust_env=False) as http,
    ):
        for path in ("merchant", "jobs/status", "clock"):
            assert (await http.get(f"/api/v1/test/{path}")).status_code == 404
        answer = await http.get(
            "/api/v1/orders",
            headers={"X-Api-Key": "key_test_abc123", "X-Api-Secret": "secret_test_xyz789"},
        )
        assert answer.status_code == 401


async def test_rate_limit(new_sandbox: SandboxFactory) -> None:
    """
    A burst over the budget gets 429 with Retry-After; later it goes on.
    """
    async with (
        new_sandbox(env={"RATE_LIMIT_RPS": "20"}) as sandbox,
        open_merchant(sandbox) as merchant,
    ):
        answers = [await merchant.http.get("/api/v1/orders") for _ in range(80)]
        refused = [a for a in answers if a.status_code == 429]

        assert refused
        assert refused[0].json()["error"]["code"] == "RATE_LIMITED"
        assert int(refused[0].headers["Retry-After"]) >= 1

        async def again() -> bool | None:
            return True if (await merchant.http.get("/api/v1/orders")).status_code == 200 else None

        await wait_until(again)


async def test_slow_merchant_gets_everything_in_time(new_sandbox: SandboxFactory) -> None:
    """
    Ten payments to a merchant that answers after a second: all delivered within two.
    """
    async with new_sandbox() as sandbox, open_merchant(sandbox) as merchant:
        await merchant.behave([{"delay_ms": 1_000}])
        orders = [await merchant.order() for _ in range(10)]
        for order_id in orders:
            await merchant.pay(order_id)
        began_s = time.monotonic()

        async def everything() -> bool | None:
            done = await merchant.http.get("/api/v1/webhooks", params={"status": "success"})
            return True if done.json()["total"] == 30 else None

        await wait_until(everything, within_s=6)
        assert time.monotonic() - began_s < 2


NODE = r"""
const crypto = require('crypto');
const { Webhook } = require('standardwebhooks');
const lines = require('fs').readFileSync(0, 'utf8').trim().split('\n').map(JSON.parse);
let good = 0;
for (const d of lines) {
  const body = Buffer.from(d.body, 'base64');
  const raw = crypto.createHmac('sha256', 'whsec_test_abc123').update(body).digest('hex');
  const again = crypto.createHmac('sha256', 'whsec_test_abc123').update(JSON.stringify(JSON.parse(body.toString()))).digest('hex');
  new Webhook(process.argv[2]).verify(body.toString(), d.headers);
  if (raw === d.headers['x-webhook-signature'] && again === raw) good += 1;
}
console.log(good);
"""


@pytest.mark.skipif(
    not shutil.which("node") or not shutil.which("npm"),
    reason="needs Node, which the product itself does not",
)
async def test_official_libraries_and_a_restringifying_receiver_accept_everything(
    merchant: Merchant, tmp_path: Path
) -> None:
    """
    Standardwebhooks from PyPI and npm, Node over raw bytes, and Node over JSON.stringify(JSON.parse(body)).
    """
    signing = (await merchant.http.get("/api/v1/webhooks/config")).json()["signing_secret"]
    order = await merchant.http.post("/api/v1/orders", json={"amount": 50_000, "receipt": "₹ é"})
    for vpa in ("success@bank", "failure@bank"):
        await merchant.decided((await merchant.pay(order.json()["id"], vpa=vpa)).json()["id"])
    await merchant.refund(await merchant.paid(), 100, reason='naïve ₹ \u2028 \\ " reason')

    async def enough() -> list[dict[str, object]] | None:
        found = await merchant.received()
        return found if len(found) >= 11 else None

    found = await wait_until(enough)
    lines = []
    for delivery in found:
        headers = {str(k).lower(): str(v) for k, v in delivery["headers"]}  # type: ignore[attr-defined]
        Webhook(signing).verify(base64.b64decode(str(delivery["body_base64"])).decode(), headers)
        lines.append(f'{{"body":"{delivery["body_base64"]}","headers":{_json(headers)}}}')
    folder = tmp_path / "node"
    folder.mkdir()
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "standardwebhooks@1"]
    subprocess.run(install, cwd=folder, check=True, env=os.environ, timeout=120)
    (folder / "check.js").write_text(NODE)
    run = subprocess.run(
        ["node", "check.js", signing],
        cwd=folder,
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.stdout.strip() == str(len(found)), run.stderr


def _json(headers: dict[str, str]) -> str:
    import json

    return json.dumps(headers)
