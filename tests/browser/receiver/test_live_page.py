"""
The receiver's live page in a real browser: it tells of arrivals by itself, keeps what is open, fits a phone, and is clean in axe.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, Page, expect

from merchant_receiver.app import create_app
from merchant_receiver.clock import FollowerClock
from merchant_receiver.config import SIGNING_SECRET, WEBHOOK_SECRET, Settings
from merchant_receiver.inbox import Inbox
from merchant_receiver.receiving import Receiver
from sdk.python import webhooks
from tests.browser.serving import port_of, reserve, served

pytestmark = pytest.mark.browser

BODY = b'{"event":"payment.success","timestamp":1,"data":{"payment":{"id":"pay_K9pL2mN4oQ5rT7uV","order_id":"order_NXhj67fGH2jk9mPq","amount":50000}}}'


@dataclass
class Stage:
    """
    A receiver of this test's own.
    """

    url: str
    http: httpx.AsyncClient
    receiver: Receiver

    async def send(
        self, webhook_id: str, body: bytes = BODY, *, signed: bytes | None = None
    ) -> None:
        """
        One webhook; `signed` are the bytes that its signatures are over.
        """  # fmt: skip
        headers = webhooks.sign(
            body if signed is None else signed,
            webhook_id=webhook_id,
            timestamp_s=int(self.receiver.clock.now().timestamp()),
            webhook_secret=WEBHOOK_SECRET,
            signing_secrets=[SIGNING_SECRET],
        )
        await self.http.post("/webhook", content=body, headers=headers)


@pytest_asyncio.fixture(loop_scope="session")
async def stage() -> AsyncIterator[Stage]:
    """
    Served on a free port.
    """
    listening = reserve()
    listening.listen()
    url = f"http://127.0.0.1:{port_of(listening)}"
    receiver = Receiver(Settings.from_env({}), Inbox(None), FollowerClock())
    async with (
        served(create_app(receiver), listening),
        httpx.AsyncClient(base_url=url, trust_env=False) as http,
    ):
        yield Stage(url, http, receiver)
    receiver.inbox.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, stage: Stage) -> AsyncIterator[Page]:
    """
    The live page, connected; a script error fails the test.
    """
    context = await browser.new_context()
    one = await context.new_page()
    problems: list[Any] = []
    # Playwright takes functions of Python only, not a list's own method.
    one.on("pageerror", lambda error: problems.append(error))  # noqa: PLW0108
    await one.goto(stage.url)
    await expect(one.get_by_test_id("live-state")).to_have_text("Live.")
    yield one
    await context.close()
    assert problems == []


async def test_arrivals_appear_by_themselves(stage: Stage, page: Page) -> None:
    """
    Newest first; a duplicate is marked and leads to what was processed; what is open stays open.
    """
    await expect(page.get_by_test_id("no-deliveries")).to_be_visible()
    await stage.send("evt_1")
    first = page.get_by_test_id("delivery").last
    await first.locator("summary").click()
    await stage.send("evt_1")
    await stage.send("evt_2", BODY + b" ", signed=BODY)

    await expect(page.get_by_test_id("delivery")).to_have_count(3)
    await expect(page.get_by_test_id("delivery-verdict").first).to_have_text("refused")
    again = page.get_by_test_id("delivery").nth(1)
    await expect(again.get_by_test_id("delivery-duplicate")).to_have_text("duplicate")
    await expect(page.get_by_test_id("delivery").last.get_by_test_id("delivery-body")).to_be_visible()  # fmt: skip
    await again.locator("summary").press("Enter")
    await expect(again.get_by_role("link", name="rcv_1", exact=True)).to_be_visible()


async def test_the_step_that_does_not_fit_is_marked(stage: Stage, page: Page) -> None:
    """
    For eyes and for screen readers.
    """
    await stage.send("evt_3", BODY + b" ", signed=BODY)
    await page.get_by_test_id("delivery").first.locator("summary").click()

    wrong = page.get_by_test_id("signature-steps").first.locator("li.bad")
    await expect(wrong).to_have_count(1)
    await expect(wrong).to_contain_text("HMAC does not fit")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_it_fits_and_is_accessible(
    browser: Browser, stage: Stage, width: int, scheme: Any
) -> None:
    """
    No sideways scrolling, and nothing for axe to complain about, everything unfolded.
    """
    await stage.send("evt_4")
    await stage.send("evt_4")
    await stage.send("evt_5", BODY.replace(b":", b": "), signed=BODY)
    context = await browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    page = await context.new_page()
    await page.goto(stage.url)
    await expect(page.get_by_test_id("delivery")).to_have_count(3)
    await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")  # fmt: skip

    wide = await page.evaluate("document.documentElement.scrollWidth")
    found = await Axe().run(page)
    await context.close()

    assert wide <= width
    assert [violation["id"] for violation in found.response["violations"]] == []
