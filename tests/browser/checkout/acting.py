"""
What a payer does, for every check.
"""

from typing import Any, Final

from playwright.async_api import Page, expect

from tests.browser.checkout.fake_gateway import FakeOrder
from tests.browser.checkout.stage import Stage

FRAME = "[data-test-id=payment-iframe]"
PAN: Final = "4111111111111111"


async def pay_by_upi(frame: Any) -> None:
    """
    Fill in and send the UPI form.
    """
    await frame.get_by_test_id("vpa-input").fill("payer@bank")
    await frame.get_by_test_id("pay-button").click()


async def gone(page: Page) -> None:
    """
    No modal is left.
    """
    await expect(page.get_by_test_id("payment-modal")).to_have_count(0)


async def fill_card(
    page: Any, number: str = PAN, expiry: str = "12/49", cvv: str = "737", name: str = "Asha Rao"
) -> None:
    """
    Choose and fill in the card form.
    """
    await page.get_by_test_id("method-card").click()
    await page.get_by_test_id("card-number-input").fill(number)
    await page.get_by_test_id("expiry-input").fill(expiry)
    await page.get_by_test_id("cvv-input").fill(cvv)
    await page.get_by_test_id("cardholder-name-input").fill(name)


async def pay_by_card(page: Any, **card: str) -> None:
    """
    Fill in and send the card form.
    """
    await fill_card(page, **card)
    await page.get_by_test_id("pay-button").click()


def sent_body(stage: Stage, order: FakeOrder, **instrument: str) -> dict[str, str]:
    """
    The body that creates a payment.
    """
    back = stage.servers.checkout + "/checkout/return"
    return {"order_id": order.id, **instrument, "return_url": back}


async def under_way(page: Page, order: FakeOrder) -> None:
    """
    Wait until the payment was created and the page waits for the next poll.
    """
    await page.wait_for_function("id => sessionStorage.getItem('paywright:' + id)", arg=order.id)
