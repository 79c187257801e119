"""
One payment: its time-line, and what can be done to it.
"""

import pytest
from playwright.async_api import Page, expect

from tests.merchant import Merchant, wait_until

pytestmark = pytest.mark.browser


async def _delivered(seller: Merchant, event: str) -> None:
    async def look() -> bool | None:
        return True if await seller.received(event=event) else None

    await wait_until(look, what=event)


async def test_time_line_has_every_source_in_order(seller: Merchant, page: Page) -> None:
    """
    Events, bank and webhooks on one axis of rising time; raw content opens; each mark leads to its entry.
    """
    payment_id = await seller.paid()
    await seller.refund(payment_id, 1_200, reason="<img src=x onerror=alert(1)>")
    await _delivered(seller, "refund.processed")
    await page.goto(f"/dashboard/payments/{payment_id}")

    entries = page.get_by_test_id("timeline-entry")
    lanes = await entries.evaluate_all("all => all.map(one => one.dataset.lane)")
    times = await entries.locator(".offset").evaluate_all("all => all.map(one => one.title)")
    marks = page.locator("svg.axis .mark")

    assert {"event", "bank", "webhook"} <= set(lanes)
    assert times == sorted(times)
    assert await marks.count() == len(lanes)
    await page.locator('[data-lane="webhook"] summary').first.click()
    raw = page.locator('[data-lane="webhook"] details[open] pre')
    await expect(raw.first).to_contain_text("POST http://")
    await expect(raw.nth(1)).to_contain_text("200")
    await expect(page.get_by_test_id("refunds-table")).to_contain_text("<img src=x")


async def test_refund_form_twice_is_one_refund(seller: Merchant, page: Page) -> None:
    """
    A part of the amount goes back; going back and sending the same form again changes nothing.
    """
    payment_id = await seller.paid()
    await page.goto(f"/dashboard/payments/{payment_id}")
    await page.get_by_test_id("refund-amount").fill("120.50")
    await page.get_by_test_id("refund-reason").fill("damaged")
    key = await page.get_by_test_id("refund-form").locator("[name=key]").input_value()
    await page.get_by_test_id("refund-button").click()
    await expect(page.get_by_test_id("notice")).to_have_text("Refund of ₹120.50 created.")
    await (
        page.get_by_test_id("refund-form")
        .locator("[name=key]")
        .evaluate("(one, key) => { one.value = key; }", key)
    )
    await page.get_by_test_id("refund-amount").fill("120.50")
    await page.get_by_test_id("refund-reason").fill("damaged")
    await page.get_by_test_id("refund-button").click()
    await expect(page.get_by_test_id("notice")).to_have_text("Refund of ₹120.50 created.")

    listed = await seller.http.get(f"/api/v1/payments/{payment_id}/refunds")
    assert [row["amount"] for row in listed.json()["data"]] == [12_050]


@pytest.mark.parametrize("typed", ["0", "-1", "1.234", "abc", "600"])
async def test_refund_that_cannot_be(seller: Merchant, page: Page, typed: str) -> None:
    """
    The page says why, and nothing happens.
    """
    payment_id = await seller.paid()
    await page.goto(f"/dashboard/payments/{payment_id}")
    await page.get_by_test_id("refund-amount").fill(typed)
    await page.get_by_test_id("refund-button").click()

    await expect(page.get_by_test_id("problem")).to_be_visible()
    listed = await seller.http.get(f"/api/v1/payments/{payment_id}/refunds")
    assert listed.json()["data"] == []


async def test_capture_and_void(seller: Merchant, page: Page) -> None:
    """
    A hold offers both; a captured payment offers refund, a voided one nothing.
    """
    held = await seller.paid(capture_method="manual")
    await page.goto(f"/dashboard/payments/{held}")
    await expect(page.get_by_test_id("refund-form")).to_have_count(0)
    await page.get_by_test_id("capture-button").click()
    await expect(page.get_by_test_id("notice")).to_contain_text("Captured")
    await expect(page.get_by_test_id("refund-form")).to_be_visible()
    other = await seller.paid(capture_method="manual")
    await page.goto(f"/dashboard/payments/{other}")
    await page.get_by_text("Void…").click()
    await page.get_by_test_id("void-button").click()

    await expect(page.get_by_test_id("notice")).to_have_text("The hold was released.")
    await expect(page.get_by_test_id("payment-actions")).to_have_count(0)
    assert (await seller.payment(held))["captured"] is True
    assert (await seller.payment(other))["status"] == "voided"
