"""
The hosted page: languages, colours, its own rules.
"""

from playwright.async_api import Page, expect

from tests.browser.checkout.acting import pay_by_card, pay_by_upi
from tests.browser.checkout.fake_gateway import FAILED
from tests.browser.checkout.registry import check
from tests.browser.checkout.stage import Stage


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
        stage.servers.checkout + script["url"] for script in inventory["pages"]["/checkout"]
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
