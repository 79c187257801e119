"""
Deliveries: filters, attempts, retry one by one and in bulk.
"""

import re

import pytest
from playwright.async_api import Page, expect

from tests.merchant import Merchant, wait_until

pytestmark = pytest.mark.browser


async def _exhaust(seller: Merchant) -> str:
    """
    A payment whose webhooks failed to the end, in no time: the clock is moved.
    """
    await seller.behave([{"status": 500}])
    await seller.http.post("/api/v1/test/clock", json={"mode": "frozen"})
    payment_id = await seller.paid()
    moved = await seller.http.post("/api/v1/test/clock", json={"advance": "2m"}, timeout=60)
    assert moved.status_code == 200, moved.text
    await seller.http.post("/api/v1/test/clock", json={"mode": "real"})
    await seller.behave([])
    return payment_id


async def test_failed_deliveries_are_seen_counted_and_sent_again(
    seller: Merchant, page: Page
) -> None:
    """
    Filter, five attempts with answer and timing, count first, then retry all; afterwards all are delivered.
    """
    payment_id = await _exhaust(seller)
    await page.goto(f"/dashboard/webhooks?status=failed&entity_id={payment_id}")
    rows = page.get_by_test_id("webhook-log-item")
    count = await rows.count()
    assert count >= 3
    await rows.first.get_by_test_id("webhook-event").get_by_role("link").click()
    await expect(page.get_by_test_id("attempt")).to_have_count(5)
    await expect(page.get_by_test_id("attempt").first).to_contain_text("Attempt 5")
    await expect(page.get_by_test_id("attempt").first).to_contain_text(re.compile(r"\d+ ms"))
    await page.goto(f"/dashboard/webhooks?status=failed&entity_id={payment_id}")
    await page.get_by_test_id("bulk-retry-link").click()
    await expect(page.get_by_test_id("bulk-retry-count")).to_have_text(str(count))
    await page.get_by_test_id("bulk-retry-button").click()
    await expect(page.get_by_test_id("notice")).to_have_text(f"{count} retries scheduled.")

    async def settled() -> bool | None:
        query = {"entity_id": payment_id, "status": "success"}
        answer = await seller.http.get("/api/v1/webhooks", params=query)
        return True if answer.json()["total"] >= count else None

    await wait_until(settled, what="redelivery")


async def test_filters_keep_each_other_and_lead_back(seller: Merchant, page: Page) -> None:
    """
    A status tab keeps the event filter; clearing shows everything.
    """
    await seller.paid()
    await page.goto("/dashboard/webhooks?event=payment.success")
    await page.get_by_role("navigation", name="Status").get_by_role("link", name="Success").click()
    await expect(page.get_by_test_id("webhook-log-item").first).to_be_visible()
    events = await page.get_by_test_id("webhook-event").all_inner_texts()

    assert set(events) == {"payment.success"}
    assert "status=success" in page.url
    await page.get_by_role("link", name="Clear").click()
    await expect(page).to_have_url(re.compile(r"/dashboard/webhooks$"))
