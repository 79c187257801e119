"""
Options, loading, and what becomes of a merchant's mistakes.
"""

from typing import Any

from playwright.async_api import expect

from tests.browser.checkout.acting import FRAME, gone, pay_by_upi
from tests.browser.checkout.registry import check, names
from tests.browser.checkout.stage import Stage

_CODE = "options => { try { new PaymentGateway(options); return 'made' } catch (error) { return [error.type, error.code] } }"
_GOOD = {"key": "key_test_a", "orderId": "order_1"}


@check
async def wrong_options_are_refused_by_name(stage: Stage) -> None:
    page = await stage.merchant(stage.gateway.order())
    cases: list[tuple[dict[str, Any], str]] = [
        ({"key": ""}, "invalid_key"),
        ({"key": 7}, "invalid_key"),
        ({"orderId": None}, "invalid_orderId"),
        ({"orderId": "x" * 256}, "invalid_orderId"),
        ({"onSuccess": "text"}, "invalid_onSuccess"),
        ({"host": "javascript:alert(1)"}, "invalid_host"),
        ({"host": "not an address"}, "invalid_host"),
    ]

    found = [await page.evaluate(_CODE, {**_GOOD, **wrong}) for wrong, _ in cases]

    assert found == [["IMPLEMENTATION_ERROR", code] for _, code in cases]
    assert await page.evaluate(_CODE, _GOOD) == "made"


@check
async def secret_keys_are_refused(stage: Stage) -> None:
    page = await stage.merchant(stage.gateway.order())

    found = [
        await page.evaluate(_CODE, {**_GOOD, "key": key}) for key in ("secret_test_x", "whsec_y")
    ]

    assert found == [["IMPLEMENTATION_ERROR", "secret_key"]] * 2


@check
async def hostile_order_id_stays_a_parameter(stage: Stage) -> None:
    page = await stage.merchant(stage.gateway.order())
    hostile = "x\"><script>alert(1)</script>&embedded=false#'"

    await page.evaluate("id => start(id)", hostile)

    source = await page.locator(FRAME).get_attribute("src")
    query = await page.evaluate("url => [...new URL(url).searchParams]", source)
    assert query == [["order_id", hostile], ["embedded", "true"]]
    frame = page.frame_locator(FRAME)
    await expect(frame.get_by_test_id("error-title")).to_have_text("Order not found")
    assert stage.errors == []


@check
async def polluted_prototype_changes_nothing(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await stage.merchant(order)
    await page.evaluate(
        "() => Object.assign(Object.prototype, { host: 'https://evil.invalid', theme: 'dark', escape: false, onClose: () => log.push(['polluted']) })"
    )

    await page.evaluate(
        "id => { window.checkout = new PaymentGateway({ key: 'key_test_a', orderId: id }); checkout.open() }",
        order.id,
    )
    source = await page.locator(FRAME).get_attribute("src")
    await page.keyboard.press("Escape")

    assert source is not None
    assert source.startswith(stage.servers.checkout)
    await gone(page)
    assert await page.evaluate("log") == []


@check
async def throwing_callback_does_not_stop_the_checkout(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await stage.merchant(order)
    await page.evaluate(
        """id => { window.checkout = new PaymentGateway({ key: 'key_test_a', orderId: id,
        onReady: () => log.push(['ready']), onSuccess: () => { throw new Error('shop bug') }, onClose: () => log.push(['close']) }); checkout.open() }""",
        order.id,
    )
    await stage.logged(page, "ready")

    await pay_by_upi(page.frame_locator(FRAME))

    await stage.logged(page, "close")
    await gone(page)
    assert any("shop bug" in error for error in stage.errors)


@check
async def ready_is_reported_once(stage: Stage) -> None:
    order = stage.gateway.order(refusal=(400, "BAD_REQUEST_ERROR", "no"))
    page, frame = await stage.opened(order)

    await pay_by_upi(frame)

    [error] = await stage.logged(page, "error")
    assert (error["type"], error["code"]) == ("API_ERROR", "BAD_REQUEST_ERROR")
    await expect(frame.get_by_test_id("form-error")).to_be_visible()
    assert names(await page.evaluate("log")) == ["ready", "error"]


@check
async def silent_page_is_reported_and_can_be_reloaded(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await stage.merchant(order)
    await page.route(
        "**/checkout?*", lambda route: route.fulfill(status=200, body="<p>no checkout</p>")
    )
    await page.evaluate("id => start(id, { loadTimeout: 150 })", order.id)

    [error] = await stage.logged(page, "error")
    await page.unroute("**/checkout?*")
    await page.get_by_test_id("reload-button").click()

    assert (error["type"], error["code"]) == ("NETWORK_ERROR", "checkout_unreachable")
    await expect(page.frame_locator(FRAME).get_by_test_id("upi-form")).to_be_visible()


@check
async def theme_reaches_modal_and_page(stage: Stage) -> None:
    page, frame = await stage.opened(stage.gateway.order(), {"theme": "dark"})

    await expect(page.get_by_test_id("payment-modal")).to_have_attribute("data-theme", "dark")
    background = await frame.locator("body").evaluate(
        "body => getComputedStyle(body).backgroundColor"
    )
    assert background == "rgb(17, 22, 31)"


@check
async def locale_reaches_modal_and_page(stage: Stage) -> None:
    page, frame = await stage.opened(stage.gateway.order(), {"locale": "hi-IN"})

    await expect(page.get_by_role("dialog", name="सुरक्षित चेकआउट")).to_have_count(1)
    await expect(frame.get_by_test_id("pay-button")).to_contain_text("₹500.00 का भुगतान करें")


@check
async def prefill_reaches_the_page(stage: Stage) -> None:
    options = {"prefill": {"method": "card", "vpa": "asha@bank", "name": "Asha Rao"}}
    _, frame = await stage.opened(stage.gateway.order(), options)

    await expect(frame.get_by_test_id("card-form")).to_be_visible()
    await expect(frame.get_by_test_id("cardholder-name-input")).to_have_value("Asha Rao")
    await expect(frame.get_by_test_id("vpa-input")).to_have_value("asha@bank")


@check
async def script_loaded_twice_stays_one(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await stage.merchant(order, csp="none")
    same = await page.evaluate(
        """async src => { const before = PaymentGateway; const script = document.createElement('script');
        script.src = src; const loaded = new Promise((done) => { script.onload = done });
        document.head.append(script); await loaded; return before === PaymentGateway }""",
        f"{stage.servers.checkout}/checkout.js",
    )

    assert same is True


@check
async def module_exports_the_same_class(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await stage.merchant(order, csp="none")

    await page.evaluate(
        """async ([src, id]) => { const { default: Gateway, PaymentGateway: named } = await import(src); if (Gateway !== named) throw new Error('two');
        new Gateway({ key: 'key_test_a', orderId: id, onReady: () => log.push(['ready']) }).open() }""",
        [f"{stage.servers.checkout}/checkout.mjs", order.id],
    )

    await stage.logged(page, "ready")
    source = await page.locator(FRAME).get_attribute("src")
    assert source is not None
    assert source.startswith(stage.servers.checkout)


@check
async def loader_inserts_one_script_and_may_be_tried_again(stage: Stage) -> None:
    page = await stage.page()
    await page.goto(stage.servers.evil + "/evil")
    await page.route("**/checkout.js", lambda route: route.abort())
    await page.evaluate(
        "async src => { window.loader = await import(src) }", stage.servers.checkout + "/loader.mjs"
    )

    failed = await page.evaluate(
        "() => loader.loadPaymentGateway().catch((error) => [error.type, error.code])"
    )
    await page.unroute("**/checkout.js")
    loaded = await page.evaluate(
        "async () => { const all = await Promise.all([loader.loadPaymentGateway(), loader.loadPaymentGateway()]); return all.every((one) => one === PaymentGateway) }"
    )

    assert failed == ["SCRIPT_ERROR", "script_not_loaded"]
    assert loaded is True
    assert await page.locator("script[src$='checkout.js']").count() == 1


@check
async def published_integrity_values_are_accepted(stage: Stage) -> None:
    page = await stage.page()
    await page.goto(stage.servers.evil + "/evil")

    version = await page.evaluate(
        """async host => { const { files } = await (await fetch(host + '/sri.json')).json(); const { url, integrity } = files['checkout.js'];
        await new Promise((done, failed) => { const script = document.createElement('script'); Object.assign(script, { integrity, crossOrigin: 'anonymous',
        src: host + url, onload: done, onerror: () => failed(new Error('refused')) }); document.head.append(script) }); return PaymentGateway.version }""",
        stage.servers.checkout,
    )

    assert version == "1.0.0"


@check
async def page_without_an_origin_is_told_so(stage: Stage) -> None:
    page = await stage.page()
    await page.set_content(
        f"<iframe sandbox='allow-scripts' srcdoc='<script src=\"{stage.servers.checkout}/checkout.js\"></script>'></iframe>"
    )
    inside = page.frames[-1]
    await inside.wait_for_function("() => window.PaymentGateway")

    code = await inside.evaluate(
        "() => { try { new PaymentGateway({ key: 'key_test_a', orderId: 'o' }).open(); return 'opened' } catch (error) { return error.code } }"
    )

    assert code == "opaque_origin"


@check
async def page_without_a_body_is_told_so(stage: Stage) -> None:
    page = await stage.merchant(stage.gateway.order())

    code = await page.evaluate(
        "() => { document.body.remove(); try { new PaymentGateway({ key: 'key_test_a', orderId: 'o' }).open(); return 'opened' } catch (error) { return error.code } }"
    )

    assert code == "no_body"
