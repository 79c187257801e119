"""
When the bank asks the payer: in a frame, in a window, and back.
"""

from playwright.async_api import expect

from tests.browser.checkout.acting import pay_by_upi
from tests.browser.checkout.checks_access import violations
from tests.browser.checkout.registry import check
from tests.browser.checkout.stage import Stage


@check
async def challenge_is_shown_in_the_page_and_leads_on(stage: Stage) -> None:
    url = stage.servers.bank + "/bank"
    order = stage.gateway.order(answers=[{"next_action": {"type": "redirect", "url": url}}])
    page, frame = await stage.opened(order)
    await pay_by_upi(frame)
    bank = frame.frame_locator("[data-test-id=challenge-frame]")

    await bank.get_by_role("button", name="Yes, it is me").click()
    order.program({}, {"status": "success"})

    await stage.logged(page, "success")
    await expect(frame.get_by_test_id("challenge-frame")).to_have_count(0)


@check
async def return_from_the_bank_asks_at_once(stage: Stage) -> None:
    back = stage.servers.checkout + "/checkout/return"
    action = {"type": "redirect", "url": f"{stage.servers.bank}/bank?to={back}"}
    order = stage.gateway.order(answers=[{"next_action": action}], poll_ms=20_000)
    page, frame = await stage.opened(order)
    await pay_by_upi(frame)
    bank = frame.frame_locator("[data-test-id=challenge-frame]")

    await bank.get_by_role("button", name="Yes, it is me").click(trial=True)
    order.program({"status": "success"})
    await bank.get_by_role("button", name="Yes, it is me").click()

    await stage.logged(page, "success")


@check
async def return_page_says_what_to_do_and_fits(stage: Stage) -> None:
    page = await stage.page(viewport={"width": 320, "height": 480})
    await page.goto(stage.servers.checkout + "/checkout/return")

    await expect(page.get_by_test_id("challenge-return")).to_contain_text("this page can be closed")
    assert await page.evaluate("() => document.documentElement.scrollWidth") == 320
    assert await violations(page) == []


@check
async def challenge_survives_a_reload(stage: Stage) -> None:
    url = stage.servers.bank + "/bank"
    order = stage.gateway.order(answers=[{"next_action": {"type": "redirect", "url": url}}])
    page = await stage.hosted(order)
    await pay_by_upi(page)
    await page.get_by_test_id("challenge-frame").wait_for()

    await page.reload()

    await expect(page.get_by_test_id("challenge-frame")).to_have_attribute("src", url)
    await expect(page.get_by_test_id("challenge-link")).to_have_attribute("href", url)


@check
async def challenge_frame_is_not_reloaded_by_polls(stage: Stage) -> None:
    url = stage.servers.bank + "/bank"
    order = stage.gateway.order(answers=[{"next_action": {"type": "redirect", "url": url}}])
    page = await stage.page()
    loads: list[str] = []
    page.on("request", lambda request: loads.append(request.url) if request.url == url else None)
    await page.goto(stage.checkout_url(order))
    await pay_by_upi(page)
    await page.get_by_test_id("challenge-frame").wait_for()

    await stage.polled(order, 4)

    assert loads == [url]


@check
async def challenge_with_a_script_address_is_not_followed(stage: Stage) -> None:
    action = {"type": "redirect", "url": "javascript:alert(document.domain)"}
    page = await stage.hosted(stage.gateway.order(answers=[{"next_action": action}]))

    await pay_by_upi(page)

    await expect(page.get_by_test_id("challenge-blocked")).to_be_visible()
    await expect(page.get_by_test_id("challenge-frame")).to_have_count(0)
    await expect(page.get_by_test_id("challenge-link")).to_be_hidden()


@check
async def challenge_on_our_own_origin_is_not_framed(stage: Stage) -> None:
    action = {"type": "redirect", "url": stage.servers.checkout + "/demo"}
    page = await stage.hosted(stage.gateway.order(answers=[{"next_action": action}]))

    await pay_by_upi(page)

    await expect(page.get_by_test_id("challenge-link")).to_be_visible()
    await expect(page.get_by_test_id("challenge-frame")).to_have_count(0)


@check
async def challenge_that_may_not_be_framed_gets_a_window(stage: Stage) -> None:
    action = {"type": "redirect", "url": stage.servers.evil + "/evil"}
    page = await stage.hosted(stage.gateway.order(answers=[{"next_action": action}]))

    await pay_by_upi(page)

    await expect(page.get_by_test_id("challenge-blocked")).to_be_visible()
    await expect(page.get_by_test_id("challenge-link")).to_have_attribute(
        "rel", "noopener noreferrer"
    )
    await expect(page.get_by_test_id("challenge-frame")).to_have_count(0)
