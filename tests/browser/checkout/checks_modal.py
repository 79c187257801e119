"""
The modal on the merchant's page: structure, results, opening, closing.
"""

from typing import Any

from playwright.async_api import Page, expect

from tests.browser.checkout.acting import FRAME, gone, pay_by_upi
from tests.browser.checkout.fake_gateway import FAILED, signature_of
from tests.browser.checkout.registry import check, names
from tests.browser.checkout.stage import Stage

LITERAL = (
    "div#payment-gateway-modal[data-test-id=payment-modal] > .modal-overlay > .modal-content > "
    "iframe[data-test-id=payment-iframe] + button.close-button[data-test-id=close-modal-button]"
)


@check
async def modal_has_the_contracts_structure(stage: Stage) -> None:
    page, _ = await stage.opened(stage.gateway.order())

    await expect(page.locator(LITERAL)).to_have_text("×")


@check
async def frame_address_is_the_contracts(stage: Stage) -> None:
    order = stage.gateway.order()
    page, _ = await stage.opened(order)

    source = f"{stage.servers.checkout}/checkout?order_id={order.id}&embedded=true"
    await expect(page.locator(FRAME)).to_have_attribute("src", source)


@check
async def key_is_in_no_address(stage: Stage) -> None:
    page = await stage.merchant(stage.gateway.order())
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    await page.click("#buy")
    await stage.logged(page, "ready")

    assert [url for url in addresses if "key_test" in url] == []
    assert len(addresses) > 5


@check
async def success_reports_payment_order_and_signature(stage: Stage) -> None:
    order = stage.gateway.order()
    page, frame = await stage.opened(order)

    await pay_by_upi(frame)

    [response] = await stage.logged(page, "success")
    payment_id = order.payments[0]["id"]
    signature = signature_of(order.id, payment_id)
    expected = {"paymentId": payment_id, "orderId": order.id, "signature": signature}
    assert response == expected


@check
async def success_closes_and_calls_on_close_once(stage: Stage) -> None:
    page, frame = await stage.opened(stage.gateway.order())

    await pay_by_upi(frame)

    await stage.logged(page, "close")
    await gone(page)
    assert names(await page.evaluate("log")) == ["ready", "success", "close"]


async def hold_open(page: Page) -> None:
    """
    Keep the modal open after success: long timers of the merchant's page do not end.
    """
    await page.evaluate(
        "() => { const real = setTimeout; window.setTimeout = (what, ms) => ms < 500 ? real(what, ms) : 0 }"
    )


@check
async def success_is_shown_before_the_modal_goes(stage: Stage) -> None:
    page, frame = await stage.opened(stage.gateway.order())
    await hold_open(page)

    await pay_by_upi(frame)
    await stage.logged(page, "success")

    await expect(frame.get_by_test_id("success-state")).to_be_visible()


@check
async def failure_is_reported_and_the_modal_stays(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}, FAILED])
    page, frame = await stage.opened(order)

    await pay_by_upi(frame)

    [error] = await stage.logged(page, "failure")
    assert error["code"] == "PAYMENT_FAILED"
    assert error["description"] == error["message"] == FAILED["error_description"]
    assert (error["paymentId"], error["orderId"]) == (order.payments[0]["id"], order.id)
    await expect(frame.get_by_test_id("error-state")).to_be_visible()


@check
async def payer_can_try_again_in_place(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}, FAILED])
    page, frame = await stage.opened(order)
    await pay_by_upi(frame)
    await stage.logged(page, "failure")

    order.program({}, {"status": "success"})
    await frame.get_by_test_id("retry-button").click()
    await frame.get_by_test_id("pay-button").click()

    [response] = await stage.logged(page, "success")
    assert response["paymentId"] == order.payments[1]["id"]


@check
async def close_button_closes_and_reports_cancel(stage: Stage) -> None:
    page, _ = await stage.opened(stage.gateway.order())

    await page.get_by_test_id("close-modal-button").click()

    await gone(page)
    [error] = await stage.logged(page, "error")
    assert (error["type"], error["code"]) == ("CANCEL", "closed_by_payer")
    assert names(await page.evaluate("log")) == ["ready", "error", "close"]


@check
async def close_by_program_calls_on_close_once(stage: Stage) -> None:
    page, _ = await stage.opened(stage.gateway.order())

    await page.evaluate("() => { checkout.close(); checkout.close(); }")

    await gone(page)
    assert names(await page.evaluate("log")) == ["ready", "close"]


@check
async def close_without_open_does_nothing(stage: Stage) -> None:
    page = await stage.merchant(stage.gateway.order())

    await page.evaluate(
        "() => new PaymentGateway({ key: 'k', orderId: 'o', onClose: () => log.push(['close']) }).close()"
    )

    assert await page.evaluate("log") == []


@check
async def second_open_does_not_duplicate(stage: Stage) -> None:
    page, frame = await stage.opened(stage.gateway.order())

    await page.evaluate("() => { checkout.open(); checkout.open(); }")
    await pay_by_upi(frame)
    await stage.logged(page, "close")

    assert names(await page.evaluate("log")) == ["ready", "success", "close"]
    await gone(page)


@check
async def another_instance_is_refused_while_one_is_open(stage: Stage) -> None:
    order = stage.gateway.order()
    page, _ = await stage.opened(order)

    await page.evaluate("id => start(id)", order.id)

    [error] = await stage.logged(page, "error")
    assert (error["type"], error["code"]) == ("IMPLEMENTATION_ERROR", "already_open")
    await expect(page.locator("#payment-gateway-modal")).to_have_count(1)


@check
async def reopening_reports_once(stage: Stage) -> None:
    page, frame = await stage.opened(stage.gateway.order())
    await page.evaluate("() => { checkout.close(); checkout.open(); }")
    await stage.logged(page, "ready", 2)

    await pay_by_upi(frame)

    await stage.logged(page, "close", 2)
    assert names(await page.evaluate("log")) == ["ready", "close", "ready", "success", "close"]


@check
async def modal_that_the_page_threw_away_opens_again(stage: Stage) -> None:
    page, _ = await stage.opened(stage.gateway.order())

    await page.evaluate("() => document.getElementById('payment-gateway-modal').remove()")
    await page.evaluate("() => checkout.open()")
    await stage.logged(page, "ready", 2)
    await pay_by_upi(page.frame_locator(FRAME))

    await stage.logged(page, "close", 2)
    assert names(await page.evaluate("log")) == ["ready", "close", "ready", "success", "close"]


@check
async def destroyed_checkout_cannot_open(stage: Stage) -> None:
    page, _ = await stage.opened(stage.gateway.order())

    code = await page.evaluate(
        "() => { checkout.destroy(); try { checkout.open(); return 'opened' } catch (error) { return error.code } }"
    )

    assert code == "destroyed"
    await gone(page)


@check
async def escape_on_the_page_closes(stage: Stage) -> None:
    page, _ = await stage.opened(stage.gateway.order())

    await page.get_by_test_id("close-modal-button").focus()
    await page.keyboard.press("Escape")

    await gone(page)


@check
async def escape_in_the_frame_closes(stage: Stage) -> None:
    page, frame = await stage.opened(stage.gateway.order())

    await frame.get_by_test_id("vpa-input").press("Escape")

    await gone(page)


@check
async def escape_can_be_switched_off(stage: Stage) -> None:
    page, frame = await stage.opened(stage.gateway.order(), {"modal": {"escape": False}})

    await frame.get_by_test_id("vpa-input").press("Escape")
    await page.get_by_test_id("close-modal-button").focus()
    await page.keyboard.press("Escape")
    await pay_by_upi(frame)

    await stage.logged(page, "success")


@check
async def backdrop_click_closes(stage: Stage) -> None:
    page, _ = await stage.opened(stage.gateway.order())

    await page.mouse.click(5, 5)

    await gone(page)


@check
async def backdrop_click_can_be_switched_off(stage: Stage) -> None:
    page, frame = await stage.opened(stage.gateway.order(), {"modal": {"backdropClose": False}})

    await page.mouse.click(5, 5)
    await pay_by_upi(frame)

    await stage.logged(page, "success")


@check
async def click_inside_does_not_close(stage: Stage) -> None:
    page, frame = await stage.opened(stage.gateway.order())

    await page.locator(".modal-content iframe").evaluate(
        "frame => frame.parentElement.dispatchEvent(new MouseEvent('click', { bubbles: true }))"
    )
    await pay_by_upi(frame)

    await stage.logged(page, "success")


async def _processing(stage: Stage, options: dict[str, Any] | None = None) -> tuple[Page, Any]:
    order = stage.gateway.order(answers=[{}])
    page, frame = await stage.opened(order, options)
    await pay_by_upi(frame)
    await frame.get_by_test_id("processing-state").wait_for()
    return page, frame


@check
async def leaving_a_running_payment_is_asked_first(stage: Stage) -> None:
    page, frame = await _processing(stage)

    await page.get_by_test_id("close-modal-button").click()
    await frame.get_by_test_id("keep-paying-button").click()

    await expect(frame.get_by_test_id("leave-dialog")).not_to_be_visible()
    await expect(page.get_by_test_id("payment-modal")).to_have_count(1)


@check
async def payer_may_leave_a_running_payment(stage: Stage) -> None:
    page, frame = await _processing(stage)

    await page.mouse.click(5, 5)
    await frame.get_by_test_id("leave-button").click()

    await gone(page)
    assert names(await page.evaluate("log")) == ["ready", "error", "close"]


@check
async def insisting_on_the_close_button_leaves(stage: Stage) -> None:
    page, frame = await _processing(stage)

    await page.get_by_test_id("close-modal-button").click()
    await frame.get_by_test_id("leave-dialog").wait_for()
    await page.get_by_test_id("close-modal-button").click()

    await gone(page)


@check
async def escape_keeps_asking_while_a_payment_runs(stage: Stage) -> None:
    page, frame = await _processing(stage)

    await page.get_by_test_id("close-modal-button").focus()
    await page.keyboard.press("Escape")
    await frame.get_by_test_id("leave-dialog").wait_for()
    await page.get_by_test_id("close-modal-button").focus()
    await page.keyboard.press("Escape")

    await expect(page.get_by_test_id("payment-modal")).to_have_count(1)


@check
async def confirm_close_asks_before_any_payment(stage: Stage) -> None:
    page, frame = await stage.opened(stage.gateway.order(), {"modal": {"confirmClose": True}})

    await page.get_by_test_id("close-modal-button").click()

    await expect(frame.get_by_test_id("leave-dialog")).to_be_visible()


@check
async def closing_while_success_is_shown_is_no_cancel(stage: Stage) -> None:
    page, frame = await stage.opened(stage.gateway.order())
    await hold_open(page)
    await pay_by_upi(frame)
    await stage.logged(page, "success")

    await page.evaluate("() => document.querySelector('.close-button').click()")

    await gone(page)
    assert names(await page.evaluate("log")) == ["ready", "success", "close"]
