"""
The card form: typing, checking, where the data goes and where it does not stay.
"""

from playwright.async_api import expect

from tests.browser.checkout.acting import PAN, fill_card, pay_by_card, sent_body, under_way
from tests.browser.checkout.fake_gateway import FAILED
from tests.browser.checkout.registry import check
from tests.browser.checkout.stage import Stage


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
    assert created.json == sent_body(stage, order, method="card", card_token="visa.1111.tok_1")


@check
async def card_data_is_not_kept_anywhere(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}])
    page = await stage.hosted(order)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    await pay_by_card(page)
    await under_way(page, order)

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
