"""
Keyboard, screen readers, small screens, large text; axe over every state.
"""

from importlib.resources import files
from typing import Any, Final

from playwright.async_api import Frame, Page, expect

from tests.browser.checkout.acting import fill_card, pay_by_upi
from tests.browser.checkout.fake_gateway import FAILED
from tests.browser.checkout.registry import check
from tests.browser.checkout.stage import Stage

_AXE: Final = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
_RUN: Final = "async () => (await axe.run({ iframes: false })).violations.map((found) => [found.id, ...found.nodes.map((node) => node.html)])"
NARROW: Final = {"width": 320, "height": 640}


async def violations(page: Page | Frame) -> list[Any]:
    """
    What axe objects to.
    """
    await page.evaluate(_AXE)
    found: list[Any] = await page.evaluate(_RUN)
    return found


async def _states(stage: Stage, page: Page, examine: Any) -> None:
    """
    Walk through every state of the page.
    """
    order = stage.gateway.order(
        extra={"merchant_name": "Kulhad & Co.", "description": "Chai cups, set of two"}
    )
    await page.goto(stage.checkout_url(order))
    await page.get_by_test_id("upi-form").wait_for()
    await examine("upi")
    await page.get_by_test_id("pay-button").click()
    await examine("upi wrong")
    await fill_card(page, number="4111111111111112", expiry="01/20", cvv="1", name="")
    await page.get_by_test_id("pay-button").click()
    await examine("card wrong")
    await page.get_by_test_id("method-netbanking").click()
    await examine("net banking")
    order.program({"next_action": {"type": "redirect", "url": stage.servers.bank + "/bank"}})
    await page.get_by_test_id("bank-select").select_option("HDFC")
    await page.get_by_test_id("pay-button").click()
    await page.frame_locator("[data-test-id=challenge-frame]").get_by_role("button").wait_for()
    await examine("challenge")
    order.program({})
    await page.get_by_test_id("processing-state").wait_for()
    await examine("processing")
    order.program(FAILED)
    await page.get_by_test_id("error-state").wait_for()
    await examine("failed")
    await page.get_by_test_id("retry-button").click()
    order.program({"status": "success"})
    await page.get_by_test_id("pay-button").click()
    await page.get_by_test_id("success-state").wait_for()
    await examine("success")


async def _axe_over_all(stage: Stage, **settings: Any) -> dict[str, list[Any]]:
    page = await stage.page(**settings)
    found: dict[str, list[Any]] = {}

    async def examine(state: str) -> None:
        found[state] = await violations(page)

    await _states(stage, page, examine)
    assert len(found) == 8
    return {state: wrong for state, wrong in found.items() if wrong}


@check
async def axe_is_content_with_every_light_state(stage: Stage) -> None:
    assert await _axe_over_all(stage) == {}


@check
async def axe_is_content_with_every_dark_state(stage: Stage) -> None:
    assert (
        await _axe_over_all(stage, color_scheme="dark", viewport={"width": 390, "height": 844})
        == {}
    )


@check
async def axe_is_content_with_hindi(stage: Stage) -> None:
    assert await _axe_over_all(stage, locale="hi-IN") == {}


@check
async def axe_is_content_with_the_modal(stage: Stage) -> None:
    page, frame = await stage.opened(
        stage.gateway.order(), {"modal": {"confirmClose": True}}, csp="none"
    )
    await page.get_by_test_id("close-modal-button").click()
    await frame.get_by_test_id("leave-dialog").wait_for()
    inside = page.frame(url=lambda url: "embedded=true" in url)
    assert inside is not None

    assert await violations(page) == []
    assert await violations(inside) == []


@check
async def nothing_overflows_at_320_pixels(stage: Stage) -> None:
    page = await stage.page(viewport=NARROW)
    wide: dict[str, int] = {}

    async def examine(state: str) -> None:
        wide[state] = await page.evaluate("() => document.documentElement.scrollWidth")

    await _states(stage, page, examine)

    assert set(wide.values()) == {320}, wide


@check
async def nothing_overflows_with_text_twice_as_large(stage: Stage) -> None:
    page = await stage.page(viewport={"width": 640, "height": 800}, locale="hi-IN")
    await page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '200%' })"
    )
    wide: dict[str, int] = {}

    async def examine(state: str) -> None:
        wide[state] = await page.evaluate("() => document.documentElement.scrollWidth")

    await _states(stage, page, examine)

    assert set(wide.values()) == {640}, wide
    size = await page.evaluate(
        "() => parseFloat(getComputedStyle(document.querySelector('.pay')).fontSize)"
    )
    assert size > 30


@check
async def targets_are_large_enough_for_fingers(stage: Stage) -> None:
    page, frame = await stage.opened(stage.gateway.order(), viewport=NARROW)

    sizes = {}
    for name in ("method-upi", "method-card", "vpa-input", "pay-button"):
        box = await frame.get_by_test_id(name).bounding_box()
        sizes[name] = box["height"] if box else 0
    close = await page.get_by_test_id("close-modal-button").bounding_box()

    assert all(height >= 44 for height in sizes.values()), sizes
    assert close is not None
    assert close["height"] >= 40


@check
async def payment_works_with_the_keyboard_alone(stage: Stage) -> None:
    page = await stage.merchant(stage.gateway.order())
    frame = page.frame_locator("[data-test-id=payment-iframe]")
    await page.focus("#buy")
    await page.keyboard.press("Enter")
    await stage.logged(page, "ready")

    await page.keyboard.press("Tab")
    await expect(frame.get_by_test_id("method-upi")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.type("payer@bank")
    await page.keyboard.press("Enter")

    await stage.logged(page, "success")


@check
async def arrow_keys_choose_the_method(stage: Stage) -> None:
    page = await stage.hosted(stage.gateway.order())
    await page.get_by_test_id("method-upi").focus()
    steps = [
        ("ArrowRight", "method-card"),
        ("End", "method-netbanking"),
        ("ArrowRight", "method-upi"),
        ("ArrowLeft", "method-netbanking"),
        ("Home", "method-upi"),
    ]

    for key, expected in steps:
        await page.keyboard.press(key)
        await expect(page.get_by_test_id(expected)).to_be_focused()
        await expect(page.get_by_test_id(expected)).to_have_attribute("aria-selected", "true")

    assert await page.get_by_role("tab", selected=True).count() == 1


@check
async def new_state_takes_the_focus_and_is_announced(stage: Stage) -> None:
    order = stage.gateway.order(answers=[{}])
    page = await stage.hosted(order)
    await pay_by_upi(page)
    await expect(page.get_by_test_id("processing-message")).to_be_focused()
    order.program(FAILED)

    await expect(page.get_by_test_id("error-title")).to_be_focused()
    await expect(
        page.get_by_role("alert").filter(has=page.get_by_test_id("error-title"))
    ).to_be_visible()


@check
async def problems_are_tied_to_their_fields(stage: Stage) -> None:
    page = await stage.hosted(stage.gateway.order())

    await page.get_by_test_id("pay-button").click()

    await expect(page.get_by_role("textbox", name="UPI ID")).to_have_accessible_description(
        "For example name@bank. You approve the request in your UPI app. Enter your UPI ID."
    )


@check
async def page_moves_only_if_the_payer_likes_it(stage: Stage) -> None:
    animation = "() => getComputedStyle(document.querySelector('.spinner')).animationName"
    found = []
    for wish in ("reduce", "no-preference"):
        page = await stage.hosted(stage.gateway.order(), reduced_motion=wish)
        found.append(await page.evaluate(animation))

    assert found == ["none", "turn"]
