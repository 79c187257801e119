"""
The demo shop, from the button to the verified webhook.
"""

import asyncio

from playwright.async_api import Page, expect

from tests.browser.checkout.acting import FRAME, gone
from tests.browser.checkout.checks_access import violations
from tests.browser.checkout.fake_gateway import FAILED
from tests.browser.checkout.registry import check
from tests.browser.checkout.stage import Stage


async def _bought(stage: Stage, page: Page) -> None:
    await page.goto(stage.servers.checkout + "/demo")
    await page.get_by_test_id("buy-button").click()
    await page.frame_locator(FRAME).get_by_test_id("pay-button").click()


@check
async def demo_tells_the_story_of_a_payment(stage: Stage) -> None:
    page = await stage.page()

    await _bought(stage, page)

    steps = page.get_by_test_id("demo-steps").locator("li")
    for number in range(5):
        await expect(steps.nth(number)).to_have_attribute(
            "data-state", "done", timeout=max(3_000, stage.patience_ms)
        )
    await gone(page)
    await expect(steps.nth(3)).to_contain_text("success, ₹1,249.00")
    await expect(steps.nth(4)).to_contain_text("payment.success: signature verified")
    assert stage.gateway.webhook_url == stage.gateway.receiver_url + "/webhook/demo"


@check
async def demo_does_not_believe_a_bad_signature(stage: Stage) -> None:
    page = await stage.page()
    stage.gateway.receiver.is_verifying = False

    await _bought(stage, page)

    step = page.locator("[data-step=webhook]")
    await expect(step).to_contain_text("signature NOT valid", timeout=max(3_000, stage.patience_ms))
    assert await step.get_attribute("data-state") != "done"


@check
async def demo_shows_a_decline(stage: Stage) -> None:
    page = await stage.page()
    await page.goto(stage.servers.checkout + "/demo")
    await page.get_by_label("Declined").check()
    await page.get_by_test_id("buy-button").click()
    frame = page.frame_locator(FRAME)
    await expect(frame.get_by_test_id("vpa-input")).to_have_value("insufficient@paywright")
    list(stage.gateway.orders.values())[-1].program({}, FAILED)

    await frame.get_by_test_id("pay-button").click()

    await expect(page.locator("[data-step=result]")).to_have_attribute("data-state", "bad")
    await expect(page.locator("[data-step=check]")).to_contain_text("failed")


@check
async def demo_keeps_its_secret(stage: Stage) -> None:
    page = await stage.page()
    bodies: list[asyncio.Task[bytes]] = []
    page.on("response", lambda response: bodies.append(asyncio.ensure_future(response.body())))

    await page.goto(stage.servers.checkout + "/demo")
    await page.get_by_test_id("buy-button").click()
    await page.frame_locator(FRAME).get_by_test_id("upi-form").wait_for()

    texts = [
        body
        for body in await asyncio.gather(*bodies, return_exceptions=True)
        if isinstance(body, bytes)
    ]
    assert len(texts) > 8
    assert [text for text in texts if b"secret_test" in text] == []


@check
async def demo_complains_when_the_gateway_is_away(stage: Stage) -> None:
    page = await stage.page()
    await page.goto(stage.servers.checkout + "/demo")
    stage.gateway.refuses_merchant = True

    await page.get_by_test_id("buy-button").click()

    await expect(page.get_by_test_id("demo-notice")).to_contain_text("Check TEST_API_KEY")
    await expect(page.get_by_test_id("buy-button")).to_be_enabled()


@check
async def demo_obeys_the_policy_that_we_advise(stage: Stage) -> None:
    page = await stage.page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    await page.goto(stage.servers.checkout + "/demo")
    await page.get_by_test_id("buy-button").click()
    await page.frame_locator(FRAME).get_by_test_id("upi-form").wait_for()

    assert [text for text in complaints if "sandbox" not in text] == []
    assert stage.errors == []


@check
async def axe_is_content_with_the_demo(stage: Stage) -> None:
    page = await stage.page()
    await page.goto(stage.servers.checkout + "/demo")

    assert await violations(page) == []


@check
async def demo_fits_320_pixels(stage: Stage) -> None:
    page = await stage.page(viewport={"width": 320, "height": 640})
    await page.goto(stage.servers.checkout + "/demo")

    assert await page.evaluate("() => document.documentElement.scrollWidth") == 320
