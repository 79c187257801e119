"""
What a newcomer does first: buy in the demo shop, with every method, and watch the verified webhook arrive.
"""

from typing import Any

import httpx
import pytest
from playwright.async_api import FrameLocator, Locator, Page, expect

from paywright.sandbox import Sandbox
from tests.merchant import CREDENTIALS

pytestmark = [pytest.mark.browser, pytest.mark.serial]


async def _begin(page: Page, shop: Sandbox, ending: str) -> FrameLocator:
    """
    Open the shop and press the button; the checkout's frame.
    """
    await page.goto(shop.urls.checkout + "/demo")
    await page.get_by_label(ending).check()
    await page.get_by_test_id("buy-button").click()
    return page.frame_locator("[data-test-id=payment-iframe]")


def _step(page: Page, name: str) -> Locator:
    return page.locator(f"[data-step={name}]")


async def _fill_card(frame: FrameLocator, number: str) -> None:
    await frame.get_by_test_id("card-number-input").fill(number)
    await frame.get_by_test_id("expiry-input").fill("12/35")
    await frame.get_by_test_id("cvv-input").fill("737")
    await frame.get_by_test_id("cardholder-name-input").fill("Asha Rao")
    await frame.get_by_test_id("pay-button").click()


async def _story_ends_well(page: Page, shop: Sandbox) -> dict[str, Any]:
    """
    Every step of the shop's story is done; the payment as the merchant's own server sees it.
    """
    for name in ("order", "open", "result", "check", "webhook"):
        await expect(_step(page, name)).to_have_attribute("data-state", "done")
    await expect(_step(page, "check")).to_contain_text("checkout signature valid")
    await expect(_step(page, "webhook")).to_contain_text("payment.success: signature verified")
    await expect(page.get_by_test_id("payment-modal")).to_have_count(0)
    said = await _step(page, "result").locator(".fact").last.inner_text()
    payment_id = said.removeprefix("onSuccess: ")
    async with httpx.AsyncClient(base_url=shop.urls.api, headers=CREDENTIALS) as http:
        answer = await http.get(f"/api/v1/payments/{payment_id}")
    payment: dict[str, Any] = answer.json()
    assert (payment["status"], payment["amount"]) == ("success", 124_900)
    return payment


async def test_upi(page: Page, shop: Sandbox) -> None:
    frame = await _begin(page, shop, "Approved")

    await frame.get_by_test_id("pay-button").click()

    payment = await _story_ends_well(page, shop)
    assert (payment["method"], payment["vpa"]) == ("upi", "success@paywright")


async def test_card(page: Page, shop: Sandbox) -> None:
    frame = await _begin(page, shop, "Card")

    await _fill_card(frame, "4242 4242 4242 4242")

    payment = await _story_ends_well(page, shop)
    assert (payment["card_network"], payment["card_last4"]) == ("visa", "4242")


async def test_failing_card_then_another(page: Page, shop: Sandbox) -> None:
    frame = await _begin(page, shop, "Card")
    await _fill_card(frame, "4000 0000 0000 0002")
    await expect(frame.get_by_test_id("error-title")).to_have_text("Payment failed")
    await expect(_step(page, "result")).to_contain_text("onFailure")
    await expect(_step(page, "webhook")).to_contain_text("payment.failed: signature verified")

    await frame.get_by_test_id("retry-button").click()
    await _fill_card(frame, "5555 5555 5555 4444")

    payment = await _story_ends_well(page, shop)
    assert payment["card_last4"] == "4444"


async def test_challenge_is_agreed_to(page: Page, shop: Sandbox) -> None:
    frame = await _begin(page, shop, "Card")
    await _fill_card(frame, "4000 0000 0000 3220")
    bank = frame.frame_locator("[data-test-id=challenge-frame]")

    await bank.get_by_test_id("challenge-approve-button").click()

    payment = await _story_ends_well(page, shop)
    assert payment["card_last4"] == "3220"


async def test_challenge_is_refused(page: Page, shop: Sandbox) -> None:
    frame = await _begin(page, shop, "Card")
    await _fill_card(frame, "4000 0000 0000 3220")
    bank = frame.frame_locator("[data-test-id=challenge-frame]")

    await bank.get_by_test_id("challenge-reject-button").click()

    await expect(frame.get_by_test_id("error-title")).to_have_text("Payment failed")
    await expect(_step(page, "check")).to_contain_text("failed")


async def test_net_banking(page: Page, shop: Sandbox) -> None:
    frame = await _begin(page, shop, "Net banking")
    await frame.get_by_test_id("bank-select").select_option("HDFC")

    await frame.get_by_test_id("pay-button").click()
    bank = frame.frame_locator("[data-test-id=challenge-frame]")
    await bank.get_by_test_id("challenge-approve-button").click()

    payment = await _story_ends_well(page, shop)
    assert (payment["method"], payment["bank_code"]) == ("netbanking", "HDFC")


async def test_merchants_page_on_another_origin(page: Page, shop: Sandbox) -> None:
    """
    The contract's own example: the script from localhost, on a page that is not the checkout's, at a gateway that knows 127.0.0.1.
    """
    host = shop.urls.checkout.replace("127.0.0.1", "localhost")
    async with httpx.AsyncClient(base_url=shop.urls.api, headers=CREDENTIALS) as http:
        order = (await http.post("/api/v1/orders", json={"amount": 50_000})).json()
    await page.goto(shop.urls.bank + "/health")
    await page.add_script_tag(url=host + "/checkout.js")
    await page.evaluate(
        "id => { new PaymentGateway({ key: 'key_test_abc123', orderId: id, onSuccess: (what) => { window.paid = what } }).open() }",
        order["id"],
    )
    frame = page.frame_locator("[data-test-id=payment-iframe]")

    await frame.get_by_test_id("vpa-input").fill("success@paywright")
    await frame.get_by_test_id("pay-button").click()

    await page.wait_for_function("() => window.paid")
    assert (await page.evaluate("paid"))["orderId"] == order["id"]


async def test_only_listed_pages_may_frame_the_checkout(shop: Sandbox) -> None:
    listed = ["https://shop.example", "https://www.shop.example"]
    async with httpx.AsyncClient(base_url=shop.urls.api, headers=CREDENTIALS) as http:
        order = (await http.post("/api/v1/orders", json={"amount": 50_000})).json()
        url = f"{shop.urls.checkout}/checkout?order_id={order['id']}"
        await http.put("/api/v1/webhooks/config", json={"checkout_origins": listed})
        named = (await http.get(url)).headers["Content-Security-Policy"]
        await http.put("/api/v1/webhooks/config", json={"checkout_origins": None})
        unnamed = (await http.get(url)).headers["Content-Security-Policy"]

    assert named.endswith("; frame-ancestors https://shop.example https://www.shop.example")
    assert unnamed.endswith("; frame-ancestors 'self' http://localhost:* http://127.0.0.1:*")


async def test_shop_works_under_both_names_of_this_machine(page: Page, shop: Sandbox) -> None:
    await page.goto(shop.urls.checkout.replace("127.0.0.1", "localhost") + "/demo")
    await page.get_by_test_id("buy-button").click()

    await page.frame_locator("[data-test-id=payment-iframe]").get_by_test_id("pay-button").click()

    await _story_ends_well(page, shop)
