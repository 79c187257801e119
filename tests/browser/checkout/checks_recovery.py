"""
When things go wrong: lost answers, reloads, time-outs, an absent gateway.
"""

import asyncio

from playwright.async_api import Route, expect

from tests.browser.checkout.acting import (
    FRAME,
    PAN,
    pay_by_card,
    pay_by_upi,
    under_way,
)
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
    page = await stage.hosted(order, alone=True)
    await page.clock.install()
    await page.route("**/payments/public", lambda route: route.abort())
    await pay_by_upi(page)
    unsent = page.get_by_test_id("error-title").filter(has_text="No connection")
    await stage.clock_until(page, unsent, 1_000)

    await page.unroute("**/payments/public")
    await page.get_by_test_id("retry-button").click()
    await stage.clock_until(page, page.get_by_test_id("success-state"), 200)

    assert len(order.payments) == 1
    assert len(order.keys) == 1


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
    page, frame = await stage.opened(order, alone=True)
    await page.clock.install()

    await pay_by_upi(frame)
    await frame.get_by_test_id("processing-state").wait_for()
    await stage.clock_until(page, frame.get_by_test_id("retry-button"), 5_000)

    await expect(frame.get_by_test_id("error-title")).to_have_text("Still waiting for your bank")
    await expect(frame.get_by_test_id("error-message")).to_contain_text(order.payments[0]["id"])
    [error] = await stage.logged(page, "error")
    assert (error["type"], error["code"]) == ("NETWORK_ERROR", "payment_timeout")
    assert "failure" not in names(await page.evaluate("log"))


@check
async def waiting_can_be_taken_up_again(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}])
    page = await stage.hosted(order, alone=True)
    await page.clock.install()
    await pay_by_upi(page)
    await page.get_by_test_id("processing-state").wait_for()
    await stage.clock_until(page, page.get_by_test_id("retry-button"), 5_000)
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
    await under_way(page, order)

    await page.reload()
    await page.get_by_test_id("processing-state").wait_for()
    order.program({"status": "success"})

    await expect(page.get_by_test_id("payment-id")).to_have_text(order.payments[0]["id"])
    assert len(stage.gateway.requests(order, "/payments/public", "POST")) == 1


@check
async def reload_while_sending_sends_the_same_again(stage: Stage) -> None:
    order = stage.gateway.order(gate=asyncio.Event())
    page = await stage.hosted(order)
    # The card goes to the vault first; what is to be repeated is known when the payment is on its way.
    async with page.expect_request("**/payments/public"):
        await pay_by_card(page)

    kept = await page.evaluate("() => JSON.stringify(sessionStorage)")
    async with page.expect_request("**/payments/public"):
        await page.reload()
    assert order.gate is not None
    order.gate.set()

    await expect(page.get_by_test_id("success-state")).to_be_visible()
    sent = stage.gateway.requests(order, "/payments/public", "POST")
    assert len({(one.headers["Idempotency-Key"], one.text) for one in sent}) == 1
    assert "visa.1111.tok_1" in kept
    assert PAN not in kept
    assert len(order.payments) == 1


@check
async def reload_in_the_modal_while_sending_uses_the_same_key(stage: Stage) -> None:
    order = stage.gateway.order(gate=asyncio.Event())
    page, frame = await stage.opened(order)
    await pay_by_upi(frame)
    await page.wait_for_function(
        "id => (sessionStorage.getItem('paywright:' + id) || '').startsWith('key:')", arg=order.id
    )

    await page.locator(FRAME).evaluate("frame => { frame.src = frame.src }")
    await frame.get_by_test_id("vpa-input").fill("another@bank")
    await frame.get_by_test_id("pay-button").click()
    assert order.gate is not None
    order.gate.set()

    await stage.logged(page, "success")
    sent = stage.gateway.requests(order, "/payments/public", "POST")
    assert len(sent) == 2
    assert len({one.headers["Idempotency-Key"] for one in sent}) == 1


@check
async def request_still_under_way_is_waited_for(stage: Stage) -> None:
    order = stage.gateway.order(creates=[409, 409])
    page = await stage.hosted(order)

    await pay_by_upi(page)

    await expect(page.get_by_test_id("success-state")).to_be_visible()
    assert len(order.keys) == 1


@check
async def refused_payment_is_not_sent_again_by_a_reload(stage: Stage) -> None:
    order = stage.gateway.order(refusal=(400, "BAD_REQUEST_ERROR", "no"))
    page = await stage.hosted(order)
    await pay_by_upi(page)
    await page.get_by_test_id("form-error").wait_for()

    await page.reload()

    await expect(page.get_by_test_id("upi-form")).to_be_visible()
    assert len(stage.gateway.requests(order, "/payments/public", "POST")) == 1


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
async def lost_connection_is_said_and_bridged(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}], poll_ms=20_000)
    page = await stage.hosted(order, alone=True)
    await pay_by_upi(page)
    await under_way(page, order)

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
    await under_way(page, order)
    order.program({"status": "success"})

    await page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")

    await expect(page.get_by_test_id("success-state")).to_be_visible()


@check
async def connection_that_returns_during_a_poll_is_not_missed(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}, {"status": "success"}], poll_ms=20_000)
    page = await stage.hosted(order, alone=True)
    asked, may_fail = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await may_fail.wait()
        await route.abort()

    await page.route("**/payments/pay_*/public", hold, times=1)
    await pay_by_upi(page)
    await under_way(page, order)
    await page.evaluate("() => dispatchEvent(new Event('offline'))")
    await asked.wait()
    await page.evaluate("() => dispatchEvent(new Event('online'))")
    may_fail.set()

    await expect(page.get_by_test_id("success-state")).to_be_visible()
