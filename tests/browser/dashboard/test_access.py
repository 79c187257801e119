"""
Axe, keyboard only, 390 px, both colour schemes, no script, live pages, hostile text.
"""

from importlib.resources import files
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page, expect

from paywright.sandbox import Sandbox
from tests.browser.dashboard.conftest import log_in
from tests.merchant import Merchant, wait_until

pytestmark = pytest.mark.browser
_AXE: Final = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
PAGES: Final = (
    "/dashboard", "/dashboard/transactions", "/dashboard/orders", "/dashboard/refunds", "/dashboard/webhooks", "/dashboard/webhooks/retry",
    "/dashboard/events", "/dashboard/requests", "/dashboard/queues", "/dashboard/ledger", "/dashboard/reconciliation", "/dashboard/bank",
    "/dashboard/clock", "/dashboard/conformance", "/dashboard/conformance/runs/mutant", "/dashboard/conformance/runs/mutant/PGC-REF-003",
    "/dashboard/conformance/diff?left=good&right=mutant", "/dashboard/search?q=nothing", "/dashboard/docs", "/dashboard/payments/pay_0000000000000000",
)  # fmt: skip
HOSTILE: Final = (
    "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
)


async def _violations(page: Page) -> list[str]:
    """
    What axe finds, as rule and element.  The script goes through the protocol, past the page's policy.
    """
    await page.evaluate(_AXE)
    found: dict[str, Any] = await page.evaluate("axe.run(document)")
    return [
        f"{page.url} {one['id']}: {node['html'][:160]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


async def _details_of(seller: Merchant) -> list[str]:
    """
    Pages of single things: a refunded payment, its order, a delivery, an event.
    """
    payment_id = await seller.paid()
    await seller.refund(payment_id, 700, reason=HOSTILE)
    order_id = (await seller.payment(payment_id))["order_id"]

    async def delivered() -> str | None:
        rows = (await seller.http.get("/api/v1/webhooks", params={"status": "success"})).json()
        return str(rows["data"][0]["id"]) if rows["data"] else None

    delivery_id = await wait_until(delivered)
    events = (await seller.http.get("/api/v1/events", params={"entity_id": payment_id})).json()
    return [
        f"/dashboard/payments/{payment_id}",
        f"/dashboard/orders/{order_id}",
        f"/dashboard/webhooks/{delivery_id}",
        f"/dashboard/events/{events['data'][0]['id']}",
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
async def test_axe_finds_nothing_and_nothing_overflows(
    hosted: Sandbox, browser: Browser, seller: Merchant, width: int, scheme: Any
) -> None:
    """
    Every page, in both widths and both colour schemes: all rules of axe, and no sideways scrolling.
    """
    context = await browser.new_context(
        base_url=hosted.urls.dashboard,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    await page.goto("/login")
    found = await _violations(page)
    await log_in(page)
    for path in (*PAGES, *await _details_of(seller)):
        await page.goto(path)
        found += await _violations(page)
        wide = await page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        found += [f"{path} scrolls sideways"] if wide else []
    await context.close()

    assert not found, "\n".join(found)


async def test_keyboard_alone_refunds_a_payment(
    hosted: Sandbox, browser: Browser, seller: Merchant
) -> None:
    """
    From the login page to the refund without a pointer; focus is always visible.
    """
    payment_id = await seller.paid()
    context = await browser.new_context(base_url=hosted.urls.dashboard)
    page = await context.new_page()
    await page.goto("/login")
    for text in ("test@example.com", "x"):
        await page.keyboard.press("Tab")
        await _reach(page, "input")
        await page.keyboard.type(text)
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("dashboard")).to_be_visible()
    await page.keyboard.press("/")
    await page.keyboard.type(payment_id)
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("refund-button")).to_be_visible()
    await _reach(page, '[data-test-id="refund-reason"]')
    await page.keyboard.type("by keyboard")
    await _reach(page, '[data-test-id="refund-button"]')
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    await page.keyboard.press("Enter")

    assert outline == "solid"
    await expect(page.get_by_test_id("notice")).to_contain_text("Refund of ₹500.00 created.")
    await context.close()


async def _reach(page: Page, selector: str) -> None:
    """
    Press Tab until the element has the focus.
    """
    for _ in range(120):
        if await page.evaluate("one => document.activeElement.matches(one)", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


async def test_stored_text_stays_text(seller: Merchant, page: Page) -> None:
    """
    Reasons, receipts, notes: shown as typed, run never.
    """
    made = await seller.http.post(
        "/api/v1/orders",
        json={"amount": 50_000, "receipt": HOSTILE[:200], "notes": {"note": HOSTILE}},
    )
    order_id = made.json()["id"]
    payment = (await seller.pay(order_id)).json()["id"]
    await seller.decided(payment)
    await seller.refund(payment, 700, reason=HOSTILE)
    for path in (
        "/dashboard/orders",
        f"/dashboard/orders/{order_id}",
        f"/dashboard/payments/{payment}",
        "/dashboard/refunds",
        f"/dashboard/search?q={HOSTILE}",
    ):
        await page.goto(path)
        await expect(page.locator("main")).to_contain_text("<script>document.title='taken'")
        assert await page.title() != "taken"
        assert await page.locator("main script, main img").count() == 0


async def test_lists_live_without_reload(seller: Merchant, page: Page) -> None:
    """
    A payment made elsewhere appears by itself, and what is being typed is left alone.
    """
    await page.goto("/dashboard/transactions")
    await expect(page.locator("#live-state")).to_be_visible()
    await page.get_by_label("Order", exact=True).fill("half typed")
    payment_id = await seller.paid()

    await expect(page.locator(f'[data-payment-id="{payment_id}"]')).to_be_visible()
    await expect(page.get_by_label("Order", exact=True)).to_have_value("half typed")


async def test_everything_is_read_without_script(
    hosted: Sandbox, browser: Browser, seller: Merchant
) -> None:
    """
    Log in, open a payment and its raw webhook, with JavaScript off.
    """
    payment_id = await seller.paid()
    context = await browser.new_context(base_url=hosted.urls.dashboard, java_script_enabled=False)
    page = await context.new_page()
    await log_in(page)
    await page.goto(f"/dashboard/payments/{payment_id}")
    await page.locator('[data-lane="event"] summary').first.click()

    await expect(page.locator("details[open] pre").first).to_contain_text("payment.created")
    await context.close()


async def test_theme_is_kept(page: Page) -> None:
    """
    Dark stays dark on the next page, whatever the system says.
    """
    await page.get_by_test_id("theme-button").click()
    await page.goto("/dashboard/orders")

    assert await page.locator("html").get_attribute("data-theme") == "dark"
    await page.get_by_test_id("theme-button").click()
    assert await page.locator("html").get_attribute("data-theme") == "light"


async def test_search_finds_any_id(seller: Merchant, page: Page) -> None:
    """
    From anywhere, straight to the page.
    """
    payment_id = await seller.paid()
    order_id = (await seller.payment(payment_id))["order_id"]
    refund_id = (await seller.refund(payment_id, 500)).json()["id"]
    for text, place in (
        (payment_id, f"/dashboard/payments/{payment_id}"),
        (order_id, f"/dashboard/orders/{order_id}"),
        (refund_id, f"/dashboard/payments/{payment_id}#{refund_id}"),
    ):
        await page.goto("/dashboard/docs")
        await page.get_by_test_id("search-input").fill(f"  {text} ")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**{place}")
