"""
The modal on the merchant's page: focus, what lies behind it, how it looks.
"""

from playwright.async_api import expect

from tests.browser.checkout.acting import FRAME
from tests.browser.checkout.registry import check
from tests.browser.checkout.stage import Stage


@check
async def focus_goes_into_the_checkout(stage: Stage) -> None:
    page, frame = await stage.opened(stage.gateway.order())

    await page.keyboard.press("Tab")

    await expect(frame.get_by_test_id("method-upi")).to_be_focused()


@check
async def focus_never_reaches_the_page_behind(stage: Stage) -> None:
    page, _ = await stage.opened(stage.gateway.order())

    places = []
    for _ in range(14):
        await page.keyboard.press("Tab")
        places.append(
            await page.evaluate(
                "() => document.activeElement.dataset.testId || document.activeElement.id || document.activeElement.tagName"
            )
        )

    assert set(places) == {"payment-iframe", "close-modal-button"}


@check
async def focus_turns_round_backwards(stage: Stage) -> None:
    page, frame = await stage.opened(stage.gateway.order())
    await frame.get_by_test_id("method-upi").focus()

    await page.keyboard.press("Shift+Tab")

    await expect(page.get_by_test_id("close-modal-button")).to_be_focused()


@check
async def focus_returns_to_where_it_was(stage: Stage) -> None:
    page = await stage.merchant(stage.gateway.order())
    await page.focus("#buy")
    await page.keyboard.press("Enter")
    await stage.logged(page, "ready")

    await page.get_by_test_id("close-modal-button").click()

    await expect(page.locator("#buy")).to_be_focused()


@check
async def page_behind_is_inert_only_while_open(stage: Stage) -> None:
    page = await stage.merchant(stage.gateway.order())
    await page.evaluate("() => { document.querySelector('h1').inert = true }")
    count = "() => document.querySelectorAll('body > [inert]').length"
    await page.click("#buy")
    await stage.logged(page, "ready")
    during = await page.evaluate(count)

    await page.get_by_test_id("close-modal-button").click()

    assert during >= 4
    assert await page.evaluate(count) == 1


@check
async def scrolling_is_locked_and_given_back(stage: Stage) -> None:
    page = await stage.merchant(stage.gateway.order())
    overflow = "() => document.documentElement.style.overflow"
    await page.evaluate("() => { document.documentElement.style.overflow = 'auto' }")
    await page.click("#buy")
    await stage.logged(page, "ready")
    during = await page.evaluate(overflow)

    await page.get_by_test_id("close-modal-button").click()

    assert (during, await page.evaluate(overflow)) == ("hidden", "auto")


@check
async def modal_is_announced_as_a_dialog(stage: Stage) -> None:
    page, _ = await stage.opened(stage.gateway.order())

    modal = page.get_by_role("dialog", name="Secure checkout")
    await expect(modal).to_have_attribute("aria-modal", "true")
    await expect(modal.get_by_role("button", name="Close checkout")).to_be_visible()


@check
async def reduced_motion_is_respected(stage: Stage) -> None:
    still, _ = await stage.opened(stage.gateway.order())
    moving, _ = await stage.opened(stage.gateway.order(), reduced_motion="no-preference")
    animation = "() => getComputedStyle(document.querySelector('#payment-gateway-modal .modal-content')).animationName"

    assert (await still.evaluate(animation), await moving.evaluate(animation)) == ("none", "pg-in")


@check
async def small_screens_get_a_sheet(stage: Stage) -> None:
    page, _ = await stage.opened(stage.gateway.order(), viewport={"width": 390, "height": 844})

    box = await page.locator("#payment-gateway-modal .modal-content").bounding_box()
    assert box is not None
    assert (box["x"], box["width"], round(box["y"] + box["height"])) == (0, 390, 844)


@check
async def frame_grows_with_its_content(stage: Stage) -> None:
    page, frame = await stage.opened(stage.gateway.order(), viewport={"width": 1280, "height": 900})
    height = f"document.querySelector('{FRAME}').clientHeight"
    await page.wait_for_function(f"() => {height} < 600")
    before = await page.evaluate(height)

    await frame.get_by_test_id("method-card").click()

    await page.wait_for_function(f"before => {height} > before + 100", arg=before)


@check
async def styles_survive_a_strict_policy(stage: Stage) -> None:
    page = await stage.merchant(stage.gateway.order())
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    await page.click("#buy")
    await stage.logged(page, "ready")

    position = await page.evaluate(
        "() => getComputedStyle(document.querySelector('.modal-overlay')).position"
    )
    assert position == "fixed"
    assert [text for text in complaints if "Content Security Policy" in text] == []


@check
async def merchants_class_names_stay_the_merchants(stage: Stage) -> None:
    page, _ = await stage.opened(stage.gateway.order())

    radius = await page.evaluate(
        "() => getComputedStyle(document.querySelector('p.modal-content')).borderRadius"
    )
    assert radius == "0px"


@check
async def frame_cannot_navigate_the_merchants_page(stage: Stage) -> None:
    page, _ = await stage.opened(stage.gateway.order())
    inside = page.frame(url=lambda url: "embedded=true" in url)
    assert inside is not None

    refused = await inside.evaluate(
        "url => { try { top.location.href = url; return false } catch { return true } }",
        stage.servers.evil + "/evil",
    )

    assert refused is True
    assert page.url.startswith(stage.servers.merchant)


@check
async def twenty_cycles_leak_nothing(stage: Stage) -> None:
    page, _ = await stage.opened(stage.gateway.order(), alone=True)
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")

    async def counts() -> dict[str, float]:
        await session.send("HeapProfiler.collectGarbage")
        metrics = (await session.send("Performance.getMetrics"))["metrics"]
        found = {metric["name"]: metric["value"] for metric in metrics}
        return {name: found[name] for name in ("Nodes", "JSEventListeners", "Frames")}

    async def cycle(times: int) -> None:
        for _ in range(times):
            await page.evaluate("() => { checkout.close(); checkout.open(); checkout.close(); }")

    await cycle(3)
    before = await counts()
    await cycle(20)
    after = await counts()

    growth = {name: after[name] - before[name] for name in before}
    assert all(value <= 3 for value in growth.values()), growth
    assert await page.evaluate("() => document.adoptedStyleSheets.length") == 0
