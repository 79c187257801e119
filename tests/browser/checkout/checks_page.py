"""
The hosted page: forms, words, amounts, what is sent where.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from playwright.async_api import Page, expect

from tests.browser.checkout.checks_modal import pay_by_upi
from tests.browser.checkout.fake_gateway import FAILED
from tests.browser.checkout.registry import check
from tests.browser.checkout.stage import Stage

PAN: Final = "4111111111111111"
#: Contract 1.11.
CONTRACT_IDS: Final = (
    "checkout-container", "order-summary", "order-amount", "order-id", "payment-methods", "method-upi", "method-card", "upi-form", "vpa-input",
    "pay-button", "card-form", "card-number-input", "expiry-input", "cvv-input", "cardholder-name-input", "processing-state", "processing-message",
    "success-state", "payment-id", "success-message", "error-state", "error-message", "retry-button",
)  # fmt: skip


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
    assert created.json == {"order_id": order.id, "method": "upi", "vpa": "payer@bank"}


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
async def card_number_is_grouped_while_typing(stage: Stage) -> None:
    page = await stage.hosted(stage.gateway.order())
    await page.get_by_test_id("method-card").click()
    number = page.get_by_test_id("card-number-input")

    await number.press_sequentially("41111111-1111 1111")
    plain = await number.input_value()
    await number.fill("３７１４４９６３５３９８４３１")
    amex = await number.input_value()
    await number.fill("4111111111111111110")

    assert (plain, amex) == ("4111 1111 1111 1111", "3714 496353 98431")
    await expect(number).to_have_value("4111 1111 1111 1111 110")


@check
async def caret_stays_where_the_payer_types(stage: Stage) -> None:
    page = await stage.hosted(stage.gateway.order())
    await page.get_by_test_id("method-card").click()
    number = page.get_by_test_id("card-number-input")
    await number.fill("411111111")
    await number.evaluate("input => { input.focus(); input.setSelectionRange(2, 2) }")

    await page.keyboard.type("22")

    await expect(number).to_have_value("4122 1111 111")
    assert await number.evaluate("input => input.selectionStart") == 4


@check
async def network_icon_follows_the_number(stage: Stage) -> None:
    page = await stage.hosted(stage.gateway.order())
    await page.get_by_test_id("method-card").click()
    icon = page.get_by_test_id("card-network-icon")
    cases = {
        "4": "visa",
        "51": "mastercard",
        "55": "mastercard",
        "34": "amex",
        "60": "rupay",
        "65": "rupay",
        "82": "rupay",
        "22": "unknown",
    }

    found = {}
    for prefix in cases:
        await page.get_by_test_id("card-number-input").fill(prefix)
        found[prefix] = await icon.get_attribute("data-network")
        await page.wait_for_function(
            "() => { const image = document.querySelector('[data-network-icon]'); return image.complete && image.naturalWidth > 0 }"
        )

    assert found == cases
    assert (await icon.get_attribute("src") or "").endswith("/icons/unknown.svg")


@check
async def amex_takes_a_code_of_four_digits(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await stage.hosted(order)

    await pay_by_card(page, number="378282246310005", cvv="123")
    await expect(page.get_by_test_id("cvv-error")).to_be_visible()
    await page.get_by_test_id("cvv-input").fill("1234")
    await page.get_by_test_id("pay-button").click()

    await expect(page.get_by_test_id("success-state")).to_be_visible()


@check
async def expiry_is_written_as_it_is_typed(stage: Stage) -> None:
    page = await stage.hosted(stage.gateway.order())
    await page.get_by_test_id("method-card").click()
    expiry = page.get_by_test_id("expiry-input")
    cases = {"1230": "12/30", "5": "05/", "1/31": "01/31", "12/2031": "12/31", "12 / 32": "12/32"}

    found = {}
    for typed in cases:
        await expiry.fill("")
        await expiry.press_sequentially(typed)
        found[typed] = await expiry.input_value()
    await expiry.fill("")
    await expiry.press_sequentially("12")
    await expiry.press("Backspace")

    assert found == cases
    await expect(expiry).to_have_value("12")


@check
async def wrong_cards_are_refused_before_sending(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await stage.hosted(order)
    cases: list[tuple[dict[str, str], str]] = [
        ({"number": "4111111111111112"}, "card-number-error"),
        ({"number": "411111111111"}, "card-number-error"),
        ({"number": ""}, "card-number-error"),
        ({"expiry": "13/40"}, "expiry-error"),
        ({"expiry": "01/20"}, "expiry-error"),
        ({"expiry": ""}, "expiry-error"),
        ({"cvv": "12"}, "cvv-error"),
        ({"name": ""}, "cardholder-name-error"),
        ({"name": PAN}, "cardholder-name-error"),
    ]

    for wrong, place in cases:
        await pay_by_card(page, **wrong)
        await expect(page.get_by_test_id(place)).to_be_visible()

    assert stage.gateway.requests(order, "", "POST") == []


@check
async def card_number_goes_to_the_vault_and_nowhere_else(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await stage.hosted(order)
    sent: list[tuple[str, str, str]] = []
    page.on(
        "request",
        lambda request: sent.append((request.method, request.url, request.post_data or "")),
    )

    await pay_by_card(page)
    await expect(page.get_by_test_id("success-state")).to_be_visible()

    holders = [url for _, url, body in sent if PAN in url + body or "737" in body]
    assert [url.rpartition("/api/v1")[2] for url in holders] == ["/tokens/public"]
    [token] = stage.gateway.requests(order, "/tokens/public")
    [created] = stage.gateway.requests(order, "/payments/public", "POST")
    assert token.json == {
        "order_id": order.id, "number": PAN, "expiry_month": "12", "expiry_year": "2049", "cvv": "737", "holder_name": "Asha Rao",
    }  # fmt: skip
    assert created.json == {"order_id": order.id, "method": "card", "card_token": "visa.1111.tok_1"}


@check
async def card_data_is_not_kept_anywhere(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}])
    page = await stage.hosted(order)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    await pay_by_card(page)
    await page.wait_for_function("() => sessionStorage.length > 0")

    kept = await page.evaluate(
        "() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie, location.href, history.state])"
    )
    assert (
        kept
        == f'[{{"paywright:{order.id}":"{order.payments[0]["id"]}"}},{{}},"","{page.url}",null]'
    )
    assert [text for text in said if PAN[:8] in text] == []


@check
async def card_fields_are_emptied_after_success(stage: Stage) -> None:
    page = await stage.hosted(stage.gateway.order())

    await pay_by_card(page)
    await page.get_by_test_id("success-state").wait_for()

    for name in ("card-number-input", "cvv-input", "expiry-input", "cardholder-name-input"):
        await expect(page.get_by_test_id(name)).to_have_value("")


@check
async def security_code_is_emptied_after_a_decline(stage: Stage) -> None:
    page = await stage.hosted(stage.gateway.order(answers=[{}, FAILED]))

    await pay_by_card(page)
    await page.get_by_test_id("retry-button").click()

    await expect(page.get_by_test_id("cvv-input")).to_have_value("")
    await expect(page.get_by_test_id("card-number-input")).to_have_value("4111 1111 1111 1111")


@check
async def card_fields_are_emptied_when_the_page_goes(stage: Stage) -> None:
    page = await stage.hosted(stage.gateway.order())
    await fill_card(page)

    await page.evaluate(
        "() => window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))"
    )

    await expect(page.get_by_test_id("card-number-input")).to_have_value("")
    await expect(page.get_by_test_id("cvv-input")).to_have_value("")


@check
async def inputs_are_made_for_autofill_and_not_for_forms(stage: Stage) -> None:
    page = await stage.hosted(stage.gateway.order())
    await page.get_by_test_id("upi-form").wait_for()

    found = await page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('input')].map((input) => [input.id, [input.autocomplete, input.name, input.inputMode]]))"
    )

    assert found == {
        "vpa": ["off", "", "email"],
        "number": ["cc-number", "", "numeric"],
        "expiry": ["cc-exp", "", "numeric"],
        "cvv": ["cc-csc", "", "numeric"],
        "holder": ["cc-name", "", ""],
    }


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
    assert created.json == {"order_id": order.id, "method": "netbanking", "bank_code": "SBIN"}


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
    page = await stage.page()
    await page.clock.install()
    await page.goto(stage.checkout_url(order))
    await pay_by_upi(page)
    await page.get_by_test_id("processing-state").wait_for()

    await page.clock.run_for(1_900)
    early = order.polls
    async with page.expect_response("**/payments/*/public"):
        await page.clock.run_for(150)

    assert (early, order.polls) == (0, 1)


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


@check
async def hindi_is_complete(stage: Stage) -> None:
    page = await stage.hosted(stage.gateway.order(answers=[{}, FAILED]), locale="hi-IN")

    await expect(page.get_by_test_id("pay-button")).to_have_text("₹500.00 का भुगतान करें")
    assert await page.locator("html").get_attribute("lang") == "hi"
    await page.get_by_test_id("pay-button").click()
    await expect(page.get_by_test_id("vpa-error")).to_have_text("अपनी यूपीआई आईडी लिखें।")
    await pay_by_upi(page)
    await expect(page.get_by_test_id("error-title")).to_have_text("भुगतान विफल")


@check
async def language_can_be_switched_in_every_state(stage: Stage) -> None:
    page = await stage.hosted(stage.gateway.order(answers=[{}, FAILED]))
    await page.get_by_test_id("pay-button").click()

    await page.get_by_test_id("language-switch").click()

    await expect(page.get_by_test_id("vpa-error")).to_have_text("अपनी यूपीआई आईडी लिखें।")
    await page.get_by_test_id("language-switch").click()
    await expect(page.get_by_test_id("vpa-error")).to_have_text("Enter your UPI ID.")
    await expect(page.get_by_test_id("language-switch")).to_have_text("हिन्दी")


@check
async def dark_and_light_follow_the_payer(stage: Stage) -> None:
    async def background(page: Page) -> str:
        await page.get_by_test_id("upi-form").wait_for()
        return str(
            await page.evaluate(
                "() => getComputedStyle(document.querySelector('input')).backgroundColor"
            )
        )

    light = await background(await stage.hosted(stage.gateway.order(), color_scheme="light"))
    dark = await background(await stage.hosted(stage.gateway.order(), color_scheme="dark"))
    wished = await background(
        await stage.hosted(stage.gateway.order(), query={"theme": "light"}, color_scheme="dark")
    )

    assert (light, dark, wished) == ("rgb(255, 255, 255)", "rgb(17, 22, 31)", "rgb(255, 255, 255)")


@check
async def loaded_scripts_are_the_inventory(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await stage.page()
    loaded: list[str] = []
    page.on(
        "request",
        lambda request: loaded.append(request.url) if request.resource_type == "script" else None,
    )

    await page.goto(stage.checkout_url(order))
    await page.get_by_test_id("upi-form").wait_for()

    inventory = await (await page.request.get(stage.servers.checkout + "/scripts.json")).json()
    assert sorted(loaded) == sorted(
        stage.servers.checkout + script["url"] for script in inventory["scripts"]
    )


@check
async def page_breaks_none_of_its_own_rules(stage: Stage) -> None:
    page = await stage.page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if message.type in ("error", "warning") else None
        ),
    )

    await page.goto(stage.checkout_url(stage.gateway.order()))
    await pay_by_card(page)
    await page.get_by_test_id("success-state").wait_for()

    assert complaints == []
    assert stage.errors == []


@check
async def script_of_an_injected_element_does_not_run(stage: Stage) -> None:
    page = await stage.hosted(
        stage.gateway.order(
            extra={"merchant_name": "<img src=x onerror=\"document.title='owned'\">"}
        )
    )
    await page.get_by_test_id("upi-form").wait_for()

    await page.evaluate(
        "() => { const script = document.createElement('script'); script.textContent = 'document.title = \"owned\"'; document.body.append(script) }"
    )

    assert await page.title() == "Pay ₹500.00"
    await expect(page.locator("[data-merchant]")).to_contain_text("<img src=x")
