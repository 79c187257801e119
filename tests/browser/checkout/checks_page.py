"""
The hosted page: forms, amounts, what is sent where.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from playwright.async_api import Page, expect

from tests.browser.checkout.acting import pay_by_card, pay_by_upi, sent_body, under_way
from tests.browser.checkout.fake_gateway import FAILED
from tests.browser.checkout.registry import check
from tests.browser.checkout.stage import Stage

#: Contract 1.11.
CONTRACT_IDS: Final = (
    "checkout-container", "order-summary", "order-amount", "order-id", "payment-methods", "method-upi", "method-card", "upi-form", "vpa-input",
    "pay-button", "card-form", "card-number-input", "expiry-input", "cvv-input", "cardholder-name-input", "processing-state", "processing-message",
    "success-state", "payment-id", "success-message", "error-state", "error-message", "retry-button",
)  # fmt: skip


@check
async def every_hook_of_the_contract_exists_once(stage: Stage) -> None:
    page = await stage.hosted(stage.gateway.order())
    await page.get_by_test_id("upi-form").wait_for()

    counts = {name: await page.get_by_test_id(name).count() for name in CONTRACT_IDS}

    assert counts == dict.fromkeys(CONTRACT_IDS, 1)
    await expect(page.get_by_test_id("method-upi")).to_have_attribute("data-method", "upi")
    await expect(page.get_by_test_id("method-card")).to_have_attribute("data-method", "card")


@check
async def only_the_chosen_form_is_shown(stage: Stage) -> None:
    page = await stage.hosted(stage.gateway.order())

    await page.get_by_test_id("method-card").click()

    await expect(page.get_by_test_id("card-form")).to_be_visible()
    await expect(page.get_by_test_id("upi-form")).to_be_hidden()
    await expect(page.get_by_test_id("card-form").get_by_test_id("pay-button")).to_be_visible()


@check
async def order_and_amount_are_shown(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await stage.hosted(order)

    await expect(page.get_by_test_id("order-amount")).to_have_text("₹500.00")
    await expect(page.get_by_test_id("order-id")).to_have_text(order.id)
    await expect(page.get_by_test_id("pay-button")).to_have_text("Pay ₹500.00")
    await expect(page).to_have_title("Pay ₹500.00")


@check
async def amounts_follow_their_currency(stage: Stage) -> None:
    cases = [
        (12_345_678, "INR", "₹1,23,456.78"),
        (1_234_567, "USD", "$12,345.67"),
        (5_000, "JPY", "¥5,000"),
        (12_345, "KWD", "KWD 12.345"),
        (1_234_567, "IQD", "IQD 1,234.567"),
        (9_007_199_254_740_991, "EUR", "€90,071,992,547,409.91"),
        (7, "USD", "$0.07"),
    ]
    page = await stage.page()

    shown = []
    for amount, currency, _ in cases:
        order = stage.gateway.order(amount=amount, currency=currency)
        await page.goto(stage.checkout_url(order))
        await expect(page.get_by_test_id("order-amount")).not_to_be_empty()
        shown.append(
            (await page.get_by_test_id("order-amount").inner_text()).replace("\u00a0", " ")
        )

    assert shown == [text for _, _, text in cases]


@check
async def upi_payment_succeeds(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}, {}, {"status": "success"}], poll_ms=250)
    page = await stage.hosted(order)

    await pay_by_upi(page)

    await expect(page.get_by_test_id("processing-state")).to_be_visible()
    await expect(page.get_by_test_id("processing-message")).to_have_text("Processing payment…")
    await expect(page.get_by_test_id("success-state")).to_be_visible()
    await expect(page.get_by_test_id("payment-id")).to_have_text(order.payments[0]["id"])
    await expect(page.get_by_test_id("success-message")).to_contain_text("successfully")
    [created] = stage.gateway.requests(order, "/payments/public", "POST")
    assert created.json == sent_body(stage, order, method="upi", vpa="payer@bank")


@check
async def wrong_vpa_is_refused_before_sending(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await stage.hosted(order)

    for wrong in ("", "payer", "a@b@c", "@bank", "pay er@bank"):
        await page.get_by_test_id("vpa-input").fill(wrong)
        await page.get_by_test_id("pay-button").click()
        await expect(page.get_by_test_id("vpa-error")).to_be_visible()
        await expect(page.get_by_test_id("vpa-input")).to_be_focused()
        await expect(page.get_by_test_id("vpa-input")).to_have_attribute("aria-invalid", "true")

    assert stage.gateway.requests(order, "/payments", "POST") == []


@check
async def net_banking_needs_a_bank_and_sends_its_code(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await stage.hosted(order)
    await page.get_by_test_id("method-netbanking").click()

    await page.get_by_test_id("pay-button").click()
    await expect(page.get_by_test_id("bank-error")).to_be_visible()
    await page.get_by_test_id("bank-select").select_option("SBIN")
    await page.get_by_test_id("pay-button").click()

    await expect(page.get_by_test_id("success-state")).to_be_visible()
    [created] = stage.gateway.requests(order, "/payments/public", "POST")
    assert created.json == sent_body(stage, order, method="netbanking", bank_code="SBIN")


@check
async def double_click_pays_once(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await stage.hosted(order)
    await page.get_by_test_id("vpa-input").fill("payer@bank")

    await page.get_by_test_id("pay-button").evaluate(
        "button => { button.click(); button.click(); button.form.requestSubmit() }"
    )

    await expect(page.get_by_test_id("success-state")).to_be_visible()
    assert len(stage.gateway.requests(order, "/payments/public", "POST")) == 1


@check
async def polling_ends_with_the_payment(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}, {}, {"status": "success"}])
    page = await stage.hosted(order)

    await pay_by_upi(page)
    await page.get_by_test_id("success-state").wait_for()
    polls = order.polls
    await page.wait_for_function(
        "since => performance.now() > since + 300", arg=await page.evaluate("performance.now()")
    )

    assert (polls, order.polls) == (2, 2)


@check
async def polls_are_two_seconds_apart(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}], poll_ms=None)
    page = await stage.page(alone=True)
    await page.clock.install(time=0)
    await page.clock.pause_at(1_000)
    await page.add_init_script(
        "window.asked = 0; const ask = fetch; window.fetch = (url, how) => { asked += /payments\\/pay_/.test(url); return ask(url, how) }"
    )
    await page.goto(stage.checkout_url(order))
    await pay_by_upi(page)
    await under_way(page, order)

    await page.clock.run_for(1_900)
    early = await page.evaluate("asked")
    await page.clock.run_for(150)

    assert (early, await page.evaluate("asked")) == (0, 1)


@check
async def declines_are_explained(stage: Stage) -> None:
    page = await stage.hosted(stage.gateway.order(answers=[{}, FAILED]))

    await pay_by_upi(page)

    await expect(page.get_by_test_id("error-title")).to_have_text("Payment failed")
    await expect(page.get_by_test_id("error-message")).to_have_text(
        str(FAILED["error_description"])
    )
    await expect(page.get_by_test_id("retry-button")).to_have_text("Try again")


@check
async def gateways_complaint_lands_at_its_field(stage: Stage) -> None:
    page = await stage.page()
    cases: list[tuple[dict[str, Any], Callable[[Page], Awaitable[None]], str]] = [
        ({"refusal": (400, "INVALID_VPA", "VPA format invalid")}, pay_by_upi, "vpa-error"),
        (
            {"token_refusal": (400, "INVALID_CARD", "Card validation failed")},
            pay_by_card,
            "card-number-error",
        ),
        (
            {"token_refusal": (400, "EXPIRED_CARD", "Card expiry date invalid")},
            pay_by_card,
            "expiry-error",
        ),
    ]

    for refusal, pay, place in cases:
        await page.goto(stage.checkout_url(stage.gateway.order(**refusal)))
        await pay(page)
        await expect(page.get_by_test_id(place)).to_be_visible()
