"""
What the checkout page leans on: origins, the way back, the signature for the merchant's server.
"""

import hashlib
import hmac
from typing import Any

import pytest

from paywright.sandbox import Sandbox
from tests.merchant import Merchant


async def _configure(merchant: Merchant, origins: Any) -> int:
    answer = await merchant.http.put("/api/v1/webhooks/config", json={"checkout_origins": origins})
    return answer.status_code


@pytest.mark.parametrize(
    "origins",
    [
        "https://shop.example", ["https://shop.example/path"], ["https://*.example"], ["ftp://shop.example"], ["shop.example"],
        ["https://shop.example:0"], ["https://shop.example:99999"], ["https://a@shop.example"], [5], ["https://x"] * 51,
    ],
    ids=str,
)  # fmt: skip
async def test_origins_are_exact(merchant: Merchant, origins: Any) -> None:
    """
    No path, no wildcard, no other scheme; nothing is changed by a wrong list.
    """
    assert await _configure(merchant, origins) == 400


async def test_origins_are_shown_to_the_page_and_bound_the_way_back(
    merchant: Merchant, sandbox: Sandbox
) -> None:
    """
    A payer is sent to the checkout or to a named page, under any name of this machine, and to nobody else.
    """
    order_id = await merchant.order()

    async def pay(return_url: str) -> int:
        body = {"order_id": order_id, "method": "upi", "vpa": "a@b", "return_url": return_url}
        return (await merchant.http.post("/api/v1/payments/public", json=body)).status_code

    before = (await merchant.http.get(f"/api/v1/orders/{order_id}/public")).json()
    assert await _configure(merchant, ["HTTPS://Shop.Example:443", "http://localhost:8080"]) == 400
    assert await _configure(merchant, ["https://shop.example:443", "http://localhost:8080"]) == 200
    after = (await merchant.http.get(f"/api/v1/orders/{order_id}/public")).json()
    statuses = {
        url: await pay(url)
        for url in (
            sandbox.urls.checkout + "/checkout/return", sandbox.urls.checkout.replace("127.0.0.1", "localhost") + "/x",
            "https://shop.example/done", "https://shop.example.evil.test/done", "https://evil.test/https://shop.example", "javascript:alert(1)",
        )
    }  # fmt: skip
    assert await _configure(merchant, None) == 200

    assert "checkout_origins" not in before
    assert after["checkout_origins"] == ["https://shop.example", "http://localhost:8080"]
    assert list(statuses.values()) == [201, 201, 201, 400, 400, 400]


async def test_success_is_signed_for_the_merchants_server(merchant: Merchant) -> None:
    """
    Hex HMAC over `order_id|payment_id` with the webhook secret, and only once the payment succeeded.
    """
    paid = await merchant.paid()
    failed = (await merchant.pay(await merchant.order(), vpa="failure@bank")).json()["id"]
    await merchant.decided(failed)
    order_id = (await merchant.payment(paid))["order_id"]
    seen = [(await merchant.http.get(f"/api/v1/payments/{one}/public")).json() for one in (paid, failed)]  # fmt: skip

    expected = hmac.new(
        b"whsec_test_abc123", f"{order_id}|{paid}".encode(), hashlib.sha256
    ).hexdigest()
    assert seen[0]["checkout_signature"] == expected
    assert "checkout_signature" not in seen[1]


async def test_page_may_call_under_each_name_of_this_machine(
    merchant: Merchant, sandbox: Sandbox
) -> None:
    """
    Localhost and 127.0.0.1 are two origins to a browser; a stranger gets the checkout's, which his browser refuses.
    """
    order_id = await merchant.order()
    checkout = sandbox.urls.checkout

    async def allowed(origin: str) -> str:
        answer = await merchant.http.get(
            f"/api/v1/orders/{order_id}/public", headers={"Origin": origin}
        )
        return answer.headers["Access-Control-Allow-Origin"]

    local = checkout.replace("127.0.0.1", "localhost")
    assert await allowed(checkout) == checkout
    assert await allowed(local) == local
    assert await allowed("https://evil.test") == checkout
    assert await allowed("null") == checkout


async def test_young_pending_payment_says_when_to_look_again(merchant: Merchant) -> None:
    """
    At once after the creation soon, a decided one never.
    """
    order_id = await merchant.order()
    body = {"order_id": order_id, "method": "upi", "vpa": "success@bank"}
    created = (await merchant.http.post("/api/v1/payments/public", json=body)).json()
    await merchant.decided(created["id"])
    shown = (await merchant.http.get(f"/api/v1/payments/{created['id']}/public")).json()

    assert created["retry_after_ms"] == 300
    assert (shown["status"], "retry_after_ms" in shown) == ("success", False)
