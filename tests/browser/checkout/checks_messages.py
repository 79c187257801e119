"""
Messages between the merchant's page and the frame: forged, replayed, misaddressed, malformed, both ways.
"""

from typing import Any
from urllib.parse import quote

from playwright.async_api import Frame, Page, expect

from tests.browser.checkout.acting import FRAME, pay_by_upi
from tests.browser.checkout.fake_gateway import FakeOrder
from tests.browser.checkout.registry import check, names
from tests.browser.checkout.stage import Stage

_NEST = """url => new Promise((done) => { const frame = document.createElement('iframe'); frame.src = url; frame.className = 'other';
frame.onload = () => done(true); document.body.append(frame) })"""


def inside(page: Page) -> Frame:
    """
    The checkout's frame, to act as its page.
    """
    found = page.frame(url=lambda url: "/checkout" in url and "embedded=true" in url)
    assert found is not None
    return found


async def last_nonce(page: Page) -> str:
    """
    The nonce that the checkout uses now, as the merchant's page can hear it.
    """
    return str(await page.evaluate("() => heard.at(-1).data.nonce"))


def success_of(order: FakeOrder, nonce: str, seq: int = 1_000, **changes: Any) -> dict[str, Any]:
    """
    A message that would be believed if everything else about it were right.
    """
    data = {"paymentId": "pay_forged", "orderId": order.id, **changes}
    return {"type": "payment_success", "nonce": nonce, "seq": seq, "data": data}


async def _frame_at(page: Page, url: str) -> Frame:
    """
    The frame with that address, once it is there.
    """
    for _ in range(100):
        found = page.frame(url=url)
        if found is not None:
            await found.wait_for_load_state()
            return found
        await page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
    raise AssertionError(f"no frame shows {url}")


async def says(frame: Frame, message: object) -> None:
    """
    The frame posts to the page around it.
    """
    await frame.evaluate("message => window.parent.postMessage(message, '*')", message)


async def nothing_was_believed(stage: Stage, page: Page) -> None:
    """
    A real payment still works, and is the only thing reported.
    """
    await pay_by_upi(page.frame_locator(FRAME))
    [response] = await stage.logged(page, "success")
    assert response["paymentId"].startswith("pay_000")
    assert names(await page.evaluate("log"))[:2] == ["ready", "success"]


@check
async def right_message_from_the_frame_is_believed(stage: Stage) -> None:
    order = stage.gateway.order()
    page, _ = await stage.opened(order)

    await says(inside(page), success_of(order, await last_nonce(page)))

    [response] = await stage.logged(page, "success")
    assert response["paymentId"] == "pay_forged"


@check
async def message_from_another_origin_is_ignored(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await stage.merchant(order)
    # The nonce is known to all here, so that the origin alone tells the forger from the checkout.
    await page.evaluate("() => { crypto.getRandomValues = (bytes) => bytes.fill(0) }")
    await page.evaluate("id => start(id)", order.id)
    await stage.logged(page, "ready")
    forged = success_of(order, "A" * 24)
    assert await last_nonce(page) == forged["nonce"]

    await inside(page).evaluate("url => { location.href = url }", stage.servers.evil + "/evil")
    await page.wait_for_function("() => document.querySelector('iframe').contentDocument === null")
    evil = await _frame_at(page, stage.servers.evil + "/evil")
    await page.evaluate("() => { heard.length = 0 }")
    await says(evil, forged)
    await page.wait_for_function("() => heard.length > 0")

    assert names(await page.evaluate("log")) == ["ready"]


@check
async def message_of_the_page_itself_is_ignored(stage: Stage) -> None:
    order = stage.gateway.order()
    page, _ = await stage.opened(order)

    await page.evaluate(
        "message => window.postMessage(message, '*')", success_of(order, await last_nonce(page))
    )

    await nothing_was_believed(stage, page)


@check
async def message_of_a_sibling_frame_is_ignored(stage: Stage) -> None:
    order = stage.gateway.order()
    page, _ = await stage.opened(order)
    forged = success_of(order, await last_nonce(page))
    await page.evaluate(_NEST, stage.servers.checkout + "/checkout?order_id=sibling")

    await says(page.frames[-1], forged)

    await nothing_was_believed(stage, page)


@check
async def message_with_a_wrong_nonce_is_ignored(stage: Stage) -> None:
    order = stage.gateway.order()
    page, _ = await stage.opened(order)

    await says(inside(page), success_of(order, "A" * 24))
    await says(
        inside(page), {key: value for key, value in success_of(order, "").items() if key != "nonce"}
    )

    await nothing_was_believed(stage, page)


@check
async def replayed_message_is_ignored(stage: Stage) -> None:
    order = stage.gateway.order()
    page, _ = await stage.opened(order)
    failure = {
        "type": "payment_failed",
        "nonce": await last_nonce(page),
        "seq": 500,
        "data": {"paymentId": "pay_1", "orderId": order.id},
    }

    for _ in range(3):
        await says(inside(page), failure)
    await says(inside(page), {**failure, "seq": 499})
    await says(inside(page), {**failure, "seq": 501})

    await stage.logged(page, "failure", 2)
    assert names(await page.evaluate("log")) == ["ready", "failure", "failure"]


@check
async def message_of_an_earlier_opening_is_ignored(stage: Stage) -> None:
    order = stage.gateway.order()
    page, _ = await stage.opened(order)
    old = success_of(order, await last_nonce(page))
    await page.evaluate("() => { checkout.close(); checkout.open() }")
    await stage.logged(page, "ready", 2)

    await says(inside(page), old)
    await pay_by_upi(page.frame_locator(FRAME))

    [response] = await stage.logged(page, "success")
    assert response["paymentId"].startswith("pay_000")


@check
async def malformed_messages_are_ignored(stage: Stage) -> None:
    order = stage.gateway.order()
    page, _ = await stage.opened(order)
    nonce = await last_nonce(page)
    good = success_of(order, nonce)
    bad: list[object] = [
        success_of(order, nonce, paymentId=""),
        success_of(order, nonce, paymentId={"toString": 1}),
        success_of(order, nonce, orderId="order_of_another"),
        success_of(order, nonce, signature=7),
        {**good, "data": None},
        {**good, "data": "text"},
        {**good, "type": "PAYMENT_SUCCESS"},
        {**good, "type": "constructor"},
        {**good, "seq": "1000"},
        {**good, "seq": 1.5},
        None,
        "payment_success",
        [good],
    ]

    for message in bad:
        await says(inside(page), message)

    await nothing_was_believed(stage, page)


@check
async def success_is_believed_once(stage: Stage) -> None:
    order = stage.gateway.order()
    page, _ = await stage.opened(order)
    nonce = await last_nonce(page)

    await says(inside(page), success_of(order, nonce, 1_000))
    await says(inside(page), success_of(order, nonce, 1_001))

    await stage.logged(page, "close")
    assert names(await page.evaluate("log")) == ["ready", "success", "close"]


@check
async def no_listener_answers_after_close(stage: Stage) -> None:
    order = stage.gateway.order()
    page, _ = await stage.opened(order)
    session = await page.context.new_cdp_session(page)

    async def listeners() -> list[str]:
        window = await session.send("Runtime.evaluate", {"expression": "window"})
        document = await session.send("Runtime.evaluate", {"expression": "document"})
        found = [
            await session.send(
                "DOMDebugger.getEventListeners", {"objectId": one["result"]["objectId"]}
            )
            for one in (window, document)
        ]
        types = [each["type"] for one in found for each in one["listeners"]]
        return sorted(set(types) & {"keydown"}) + ["message"] * types.count("message")

    during = await listeners()
    await page.evaluate("() => checkout.close()")

    assert during == ["keydown", "message", "message"]
    assert await listeners() == ["message"]


@check
async def greeting_is_addressed_to_the_checkout_alone(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await stage.merchant(order)
    evil = stage.servers.evil

    async def elsewhere(route: Any) -> None:
        await route.fulfill(status=302, headers={"Location": evil + "/evil"})

    await page.route("**/checkout?*", elsewhere)
    await page.evaluate("id => start(id, { loadTimeout: 300 })", order.id)
    await stage.logged(page, "error")

    framed = page.frame(url=evil + "/evil")
    assert framed is not None
    assert await framed.evaluate("heard") == []


@check
async def page_obeys_only_the_window_around_it(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}])
    page, frame = await stage.opened(order, {"theme": "light"}, csp="none")
    await page.evaluate(_NEST, stage.servers.merchant + "/evil")
    evil = page.frame(url=stage.servers.merchant + "/evil")
    assert evil is not None
    nonce = await last_nonce(page)

    await evil.evaluate(
        "([host, nonce]) => parent.frames[0].postMessage({ type: 'confirm_close', nonce, seq: 99 }, host)",
        [stage.servers.checkout, nonce],
    )
    await pay_by_upi(frame)

    await frame.get_by_test_id("processing-state").wait_for()
    assert await inside(page).evaluate("document.querySelector('dialog').open") is False


@check
async def page_takes_one_greeting(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}])
    page, frame = await stage.opened(order, {"theme": "light", "locale": "en"})
    host = stage.servers.checkout
    greeting = {
        "type": "init",
        "nonce": "B" * 24,
        "seq": 99,
        "data": {"theme": "dark", "locale": "hi"},
    }

    await page.evaluate(
        "([message, host]) => frames[0].postMessage(message, host)", [greeting, host]
    )
    await pay_by_upi(frame)

    await frame.get_by_test_id("processing-state").wait_for()
    await expect(frame.locator("html")).to_have_attribute("data-theme", "light")


@check
async def page_ignores_wrong_nonces_and_replays(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}])
    page, frame = await stage.opened(order)
    host, nonce = stage.servers.checkout, await last_nonce(page)
    post = "([message, host]) => frames[0].postMessage(message, host)"
    right = {"type": "confirm_close", "nonce": nonce, "seq": 50}

    await page.evaluate(post, [{**right, "nonce": "C" * 24}, host])
    await page.evaluate(post, [{**right, "nonce": None}, host])
    await expect(frame.get_by_test_id("leave-dialog")).not_to_be_visible()
    await page.evaluate(post, [right, host])
    await frame.get_by_test_id("keep-paying-button").click()
    await page.evaluate(post, [right, host])
    await frame.get_by_test_id("vpa-input").fill("still@here")

    await expect(frame.get_by_test_id("leave-dialog")).not_to_be_visible()


async def _literal(stage: Stage, order: FakeOrder) -> Page:
    page = await stage.page()
    source = quote(stage.checkout_url(order, embedded="true"), safe="")
    await page.goto(f"{stage.servers.merchant}/literal?src={source}")
    return page


@check
async def merchants_own_script_gets_the_contracts_messages(stage: Stage) -> None:
    order = stage.gateway.order()
    page = await _literal(stage, order)

    await pay_by_upi(page.frame_locator("iframe"))

    await page.wait_for_function("() => heard.some((one) => one.data.type === 'payment_success')")
    [message] = [
        one for one in await page.evaluate("heard") if one["data"]["type"] == "payment_success"
    ]
    assert message["origin"] == stage.servers.checkout
    assert message["data"]["data"]["paymentId"] == order.payments[0]["id"]
    assert "nonce" not in message["data"] or message["data"]["nonce"] is None


@check
async def unlisted_origin_may_not_frame_the_page(stage: Stage) -> None:
    order = stage.gateway.order(extra={"checkout_origins": ["https://shop.example"]})
    page = await _literal(stage, order)

    await page.wait_for_function("() => frames.length === 1")
    await expect(page.frame_locator("iframe").get_by_test_id("checkout-container")).to_have_count(0)
    assert [one.url for one in page.frames[1:]] == ["chrome-error://chromewebdata/"]


@check
async def listed_origin_may_frame_the_page(stage: Stage) -> None:
    order = stage.gateway.order(extra={"checkout_origins": [stage.servers.merchant]})

    page, frame = await stage.opened(order)
    await pay_by_upi(frame)

    await stage.logged(page, "success")


@check
async def results_go_to_listed_origins_only(stage: Stage) -> None:
    order = stage.gateway.order(extra={"checkout_origins": ["https://shop.example"]})
    page = await stage.page()
    source = quote(stage.checkout_url(order, embedded="true", policy="none"), safe="")
    await page.goto(f"{stage.servers.merchant}/literal?src={source}")

    await pay_by_upi(page.frame_locator("iframe"))
    await page.frame_locator("iframe").get_by_test_id("success-state").wait_for()

    assert await page.evaluate("heard") == []
