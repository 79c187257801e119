"""
Every data-test-id of contract 1.12, found as an evaluator's Playwright finds it.
"""

import pytest
from playwright.async_api import Browser, Page, expect

from paywright.sandbox import Sandbox
from tests.merchant import Merchant

pytestmark = pytest.mark.browser
#: Page -> hooks that are visible there.  Source: contract 1.12.
HOOKS = {
    "/dashboard": "dashboard api-credentials api-key api-secret stats-container total-transactions total-amount success-rate",
    "/dashboard/transactions": "transactions-table transaction-row payment-id order-id amount method status created-at",
    "/dashboard/webhooks": (
        "webhook-config webhook-config-form webhook-url-input webhook-secret regenerate-secret-button save-webhook-button test-webhook-button "
        "webhook-logs-table webhook-log-item webhook-event webhook-status webhook-attempts webhook-last-attempt webhook-response-code "
        "retry-webhook-button"
    ),
    "/dashboard/docs": (
        "api-docs section-create-order code-snippet-create-order section-sdk-integration code-snippet-sdk section-webhook-verification "
        "code-snippet-webhook"
    ),
}
COLUMNS = ["Event", "Status", "Attempts", "Last Attempt", "Response Code", "Actions"]


async def test_login_form(hosted: Sandbox, browser: Browser) -> None:
    """
    The four hooks, a wrong e-mail, then the way in with any password.
    """
    context = await browser.new_context(base_url=hosted.urls.dashboard)
    page = await context.new_page()
    await page.goto("/dashboard/transactions")
    await expect(page).to_have_url(f"{hosted.urls.dashboard}/login")
    await expect(page.get_by_test_id("login-form")).to_be_visible()
    await page.get_by_test_id("email-input").fill("who@example.com")
    await page.get_by_test_id("password-input").fill("x")
    await page.get_by_test_id("login-button").click()
    await expect(page.get_by_test_id("problem")).to_contain_text("Unknown e-mail")
    await page.get_by_test_id("email-input").fill("test@example.com")
    await page.get_by_test_id("password-input").fill("x")
    await page.get_by_test_id("login-button").click()

    await expect(page).to_have_url(f"{hosted.urls.dashboard}/dashboard/transactions")
    await context.close()


@pytest.mark.parametrize("path", HOOKS)
async def test_hooks(seller: Merchant, page: Page, path: str) -> None:
    """
    All are there and visible, with a payment and a delivery behind them.
    """
    payment_id = await seller.paid()
    await page.goto(path)

    for hook in HOOKS[path].split():
        await expect(page.get_by_test_id(hook).first).to_be_visible()
    if path.endswith("transactions"):
        row = page.locator(f'[data-payment-id="{payment_id}"]')
        await expect(row.get_by_test_id("amount")).to_have_text("₹500.00")
        await expect(row.get_by_test_id("status")).to_have_text("success")
    if path.endswith("webhooks"):
        heads = await page.get_by_test_id("webhook-logs-table").locator("th").all_inner_texts()
        assert [head for head in heads if head in COLUMNS] == COLUMNS
        assert await page.get_by_test_id("webhook-url-input").get_attribute("type") == "url"
        items = page.get_by_test_id("webhook-log-item")
        button = items.first.get_by_test_id("retry-webhook-button")
        given = await button.get_attribute("data-webhook-id")
        assert given == await items.first.get_attribute("data-webhook-id")


async def test_webhook_buttons(seller: Merchant, hosted: Sandbox, page: Page) -> None:
    """
    Save, show the secret, regenerate, send a test, retry.
    """
    await page.goto("/dashboard/webhooks")
    url = f"{hosted.urls.receiver}/webhook/{seller.inbox}"
    await page.get_by_test_id("webhook-url-input").fill(url)
    await page.get_by_test_id("save-webhook-button").click()
    await expect(page.get_by_test_id("notice")).to_have_text("Saved.")
    await page.get_by_role("link", name="Show").click()
    before = await page.get_by_test_id("webhook-secret").inner_text()
    await page.get_by_test_id("test-webhook-button").click()
    await expect(page.get_by_test_id("notice")).to_have_text("Test webhook sent.")
    row = page.get_by_test_id("webhook-log-item").first
    await expect(row.get_by_test_id("webhook-event")).to_have_text("webhook.test")
    await expect(row.get_by_test_id("webhook-status")).to_have_text("success")
    await row.get_by_test_id("retry-webhook-button").click()
    await expect(page.get_by_test_id("notice")).to_have_text("Retry scheduled.")
    await page.get_by_test_id("regenerate-secret-button").click()
    await page.get_by_role("link", name="Show").click()

    assert before.startswith("whsec_")
    await expect(page.get_by_test_id("webhook-secret")).not_to_have_text(before)
