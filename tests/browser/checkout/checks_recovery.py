"""
When things go wrong: lost answers, reloads, time-outs, challenges, an absent gateway.
"""

import asyncio

from playwright.async_api import expect

from tests.browser.checkout.checks_modal import FRAME, pay_by_upi
from tests.browser.checkout.checks_page import pay_by_card
from tests.browser.checkout.fake_gateway import FAILED
from tests.browser.checkout.registry import check, names
from tests.browser.checkout.stage import Stage


@check
async def lost_answer_is_asked_for_again_under_the_same_key(stage: Stage) -> None:
    order = stage.gateway.order(creates=[503])
    page = await stage.hosted(order)

    await pay_by_upi(page)

    await expect(page.get_by_test_id("success-state")).to_be_visible()
    sent = stage.gateway.requests(order, "/payments/public", "POST")
    assert len(sent) == 2
    assert len({one.headers["Idempotency-Key"] for one in sent}) == 1
    assert len(sent[0].headers["Idempotency-Key"]) == 32
    assert len(order.payments) == 1


@check
async def unknown_outcome_is_sent_again_never_anew(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await stage.hosted(order)
    await page.clock.install()
    await page.route("**/payments/public", lambda route: route.abort())
    await pay_by_upi(page)
    unsent = page.get_by_test_id("error-title").filter(has_text="No connection")
    for _ in range(8):
        await page.clock.run_for(1_000)
    await unsent.wait_for()

    await page.unroute("**/payments/public")
    await page.get_by_test_id("retry-button").click()
    await stage_success(page)

    assert len(order.payments) == 1
    assert len(order.keys) == 1


async def stage_success(page: object) -> None:
    """
    Let the page's clock run until the payment is through.
    """
    for _ in range(20):
        await page.clock.run_for(200)  # type: ignore[attr-defined]
        if await page.get_by_test_id("success-state").is_visible():  # type: ignore[attr-defined]
            return
        await asyncio.sleep(0.02)
    await expect(page.get_by_test_id("success-state")).to_be_visible()  # type: ignore[attr-defined]


@check
async def every_attempt_has_a_key_of_its_own(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}, FAILED])
    page = await stage.hosted(order)
    await pay_by_upi(page)
    await page.get_by_test_id("retry-button").click()

    order.program({}, {"status": "success"})
    await pay_by_upi(page)

    await expect(page.get_by_test_id("success-state")).to_be_visible()
    assert len(order.keys) == 2


@check
async def absent_vault_leaves_the_form_as_it_was(stage: Stage) -> None:
    order = stage.gateway.order(token_refusal=(503, "RETRY_LATER", "Away"))
    page = await stage.hosted(order)

    await pay_by_card(page)

    await expect(page.get_by_test_id("form-error")).to_contain_text("Nothing was charged")
    await expect(page.get_by_test_id("card-number-input")).to_have_value("4111 1111 1111 1111")
    assert order.payments == []


@check
async def silent_bank_is_a_wait_and_not_a_failure(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}])
    page, frame = await stage.opened(order)
    await page.clock.install()

    await pay_by_upi(frame)
    await frame.get_by_test_id("processing-state").wait_for()
    for _ in range(6):
        await page.clock.run_for(500)
        await asyncio.sleep(0.05)

    await expect(frame.get_by_test_id("error-title")).to_have_text("Still waiting for your bank")
    await expect(frame.get_by_test_id("error-message")).to_contain_text(order.payments[0]["id"])
    [error] = await stage.logged(page, "error")
    assert (error["type"], error["code"]) == ("NETWORK_ERROR", "payment_timeout")
    assert "failure" not in names(await page.evaluate("log"))


@check
async def waiting_can_be_taken_up_again(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}])
    page = await stage.hosted(order)
    await page.clock.install()
    await pay_by_upi(page)
    await page.get_by_test_id("processing-state").wait_for()
    for _ in range(6):
        await page.clock.run_for(500)
        await asyncio.sleep(0.05)
    await expect(page.get_by_test_id("retry-button")).to_have_text("Check again")

    order.program({"status": "success"})
    await page.get_by_test_id("retry-button").click()

    await expect(page.get_by_test_id("success-state")).to_be_visible()
    assert len(order.payments) == 1


@check
async def reload_resumes_the_payment(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}])
    page = await stage.hosted(order)
    await pay_by_upi(page)
    await page.get_by_test_id("processing-state").wait_for()

    await page.reload()
    await page.get_by_test_id("processing-state").wait_for()
    order.program({"status": "success"})

    await expect(page.get_by_test_id("payment-id")).to_have_text(order.payments[0]["id"])
    assert len(order.payments) == 1


@check
async def reload_in_the_modal_still_reports(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}])
    page, frame = await stage.opened(order)
    await pay_by_upi(frame)
    await frame.get_by_test_id("processing-state").wait_for()

    await page.locator(FRAME).evaluate("frame => { frame.src = frame.src }")
    await frame.get_by_test_id("processing-state").wait_for()
    order.program({"status": "success"})

    [response] = await stage.logged(page, "success")
    assert response["paymentId"] == order.payments[0]["id"]


@check
async def reload_after_a_decline_starts_over(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}, FAILED])
    page = await stage.hosted(order)
    await pay_by_upi(page)
    await page.get_by_test_id("error-state").wait_for()

    await page.reload()

    await expect(page.get_by_test_id("upi-form")).to_be_visible()
    assert await page.evaluate("() => sessionStorage.length") == 0


@check
async def forbidden_storage_does_not_stop_a_payment(stage: Stage) -> None:
    page = await stage.page()
    await page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    await page.goto(stage.checkout_url(stage.gateway.order()))

    await pay_by_upi(page)

    await expect(page.get_by_test_id("success-state")).to_be_visible()


@check
async def paid_order_offers_no_form(stage: Stage) -> None:
    page = await stage.hosted(stage.gateway.order(status="paid"))

    await expect(page.get_by_test_id("already-paid-state")).to_be_visible()
    await expect(page.get_by_test_id("upi-form")).to_be_hidden()


@check
async def unknown_order_is_said_plainly(stage: Stage) -> None:
    page = await stage.page()

    response = await page.goto(stage.servers.checkout + "/checkout?order_id=order_unknown")

    assert response is not None
    assert response.status == 404
    await expect(page.get_by_test_id("error-title")).to_have_text("Order not found")
    await expect(page.get_by_test_id("retry-button")).to_be_hidden()


@check
async def absent_gateway_gives_a_page_without_a_form(stage: Stage) -> None:
    order = stage.gateway.order(is_down=True)
    page = await stage.page()

    response = await page.goto(stage.checkout_url(order))
    await expect(page.get_by_test_id("error-title")).to_have_text("Checkout is not available")
    hidden = await page.get_by_test_id("upi-form").is_hidden()
    order.is_down = False
    await page.get_by_test_id("retry-button").click()

    assert response is not None
    assert (response.status, hidden) == (503, True)
    await expect(page.get_by_test_id("upi-form")).to_be_visible()


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

    await page.wait_for_function(
        "since => performance.now() > since + 400", arg=await page.evaluate("performance.now()")
    )

    assert order.polls >= 3
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


@check
async def lost_connection_is_said_and_bridged(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}], poll_ms=20_000)
    page = await stage.hosted(order)
    await pay_by_upi(page)
    await page.get_by_test_id("processing-state").wait_for()

    await page.context.set_offline(True)
    await expect(page.get_by_test_id("processing-hint")).to_contain_text("You are offline")
    order.program({"status": "success"})
    await page.context.set_offline(False)

    await expect(page.get_by_test_id("success-state")).to_be_visible()


@check
async def waking_tab_asks_at_once(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}], poll_ms=20_000)
    page = await stage.hosted(order)
    await pay_by_upi(page)
    await page.get_by_test_id("processing-state").wait_for()
    order.program({"status": "success"})

    await page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")

    await expect(page.get_by_test_id("success-state")).to_be_visible()
