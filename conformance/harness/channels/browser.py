"""
A headless Chromium as a payer or a merchant uses it; elements are found by `data-test-id`.
"""

import contextlib
from typing import Any, Final

from playwright.async_api import (
    Browser,
    Error,
    FrameLocator,
    Locator,
    Page,
    Playwright,
    ViewportSize,
    async_playwright,
)

from conformance.harness.channels.chromium import chromium_arguments, chromium_path
from conformance.harness.evidence import Transcript
from conformance.harness.outcomes import Blocked, RequirementFailed, Untested

#: Seconds that an element may take to come; a checkout polls its payment every 2 s.  Source: contract 1.11.
PATIENCE_S: Final = 8.0
RESTS_S: Final = 4.0
DESKTOP: Final = ViewportSize(width=1280, height=800)


class Surface:
    """
    A page, or a frame in one, in the words of cases.
    """

    #: Seconds that an element may take to come.
    patience_s = PATIENCE_S

    def __init__(self, scope: Page | FrameLocator | Locator, where: str) -> None:
        self._scope = scope
        self._where = where

    def element(self, test_id: str) -> Locator:
        """
        The first element with this `data-test-id`.
        """
        return self._scope.locator(f'[data-test-id="{test_id}"]').first

    def shown(self, test_id: str) -> Locator:
        """
        The first visible element with this `data-test-id`.
        """
        return self._scope.locator(f'[data-test-id="{test_id}"]:visible').first

    async def sees(self, *test_ids: str, within_s: float | None = None) -> None:
        """
        Fail unless each of the elements is visible in time.
        """
        for test_id in test_ids:
            await self._wait(test_id, "visible", within_s or self.patience_s)

    async def has(self, *test_ids: str, within_s: float | None = None) -> None:
        """
        Fail unless each of the elements is in the page in time, visible or not.
        """
        for test_id in test_ids:
            await self._wait(test_id, "attached", within_s or self.patience_s)

    async def loses(self, test_id: str, *, within_s: float | None = None) -> None:
        """
        Fail unless the element is gone in time.
        """
        within_s = within_s or self.patience_s
        try:
            await self.element(test_id).wait_for(state="detached", timeout=within_s * 1000)
        except Error:
            raise RequirementFailed(
                f"expected {test_id} to go away within {within_s:g} s"
            ) from None

    async def _wait(self, test_id: str, state: Any, within_s: float) -> None:
        element = self.shown(test_id) if state == "visible" else self.element(test_id)
        try:
            await element.wait_for(state=state, timeout=within_s * 1000)
        except Error:
            raise RequirementFailed(
                f'expected an element with data-test-id="{test_id}" to be {state} on {self._where} within {within_s:g} s'
            ) from None

    async def text(self, test_id: str) -> str:
        """
        The element's text without surrounding space.
        """
        await self.has(test_id)
        return " ".join((await self.element(test_id).inner_text()).split())

    async def attribute(self, test_id: str, name: str) -> str | None:
        """
        An attribute's value.
        """
        await self.has(test_id)
        return await self.element(test_id).get_attribute(name)

    async def fill(self, **texts: str) -> None:
        """
        Type into inputs, by data-test-id with underscores for hyphens.
        """
        for name, text in texts.items():
            await self._do(name.replace("_", "-"), "fill", text)

    async def click(self, test_id: str) -> None:
        """
        Click the element.
        """
        await self._do(test_id, "click")

    async def _do(self, test_id: str, action: str, *arguments: str) -> None:
        await self.sees(test_id)
        try:
            await getattr(self.shown(test_id), action)(*arguments, timeout=self.patience_s * 1000)
        except Error as error:
            raise RequirementFailed(
                f"could not {action} {test_id} on {self._where}: {_first_line(error)}"
            ) from None

    def inside(self, test_id: str) -> "Surface":
        """
        What is inside this element.
        """
        return Surface(self.element(test_id), f"{test_id} of {self._where}")

    async def count(self, test_id: str) -> int:
        """
        How many elements have this data-test-id.
        """
        return await self._scope.locator(f'[data-test-id="{test_id}"]').count()


class Visitor(Surface):
    """
    One browser context with one page; what is on it in the end goes into the evidence.
    """

    def __init__(self, page: Page, transcript: Transcript) -> None:
        super().__init__(page, "the page")
        self.page = page
        self._transcript = transcript

    async def open(self, url: str) -> None:
        """
        Go there; `blocked` when nothing answers.
        """
        try:
            await self.page.goto(url, wait_until="domcontentloaded")
        except Error as error:
            raise Blocked(f"{url} cannot be opened: {_first_line(error)}") from None

    async def run(self, script: str) -> Any:
        """
        Evaluate an expression in the page; fails with the page's error.
        """
        try:
            return await self.page.evaluate(script)
        except Error as error:
            raise RequirementFailed(f"the page said: {_first_line(error)}") from None

    async def rests(self) -> None:
        """
        Wait until nothing loads any more, for a few seconds at most: what still comes may move a button away under the pointer.
        """
        with contextlib.suppress(Error):
            await self.page.wait_for_load_state("networkidle", timeout=RESTS_S * 1000)

    async def matching(self, selector: str) -> int:
        """
        How many elements match a CSS selector.
        """
        return await self.page.locator(selector).count()

    async def resize(self, width: int, height: int) -> None:
        """
        Another screen, in pixels.
        """
        await self.page.set_viewport_size({"width": width, "height": height})

    async def hears(self, kind: str, *, within_s: float | None = None) -> Any:
        """
        What the merchant's page was told by this callback; fails when it was not called in time.
        """
        within_s = within_s or self.patience_s
        try:
            await self.page.wait_for_function(
                "kind => window.heard.some(([name]) => name === kind)",
                arg=kind,
                timeout=within_s * 1000,
            )
        except Error:
            heard = await self.page.evaluate("window.heard")
            raise RequirementFailed(
                f"expected the {kind} callback within {within_s:g} s; called were {heard}"
            ) from None
        return await self.page.evaluate("kind => window.heard.find(([n]) => n === kind)[1]", kind)

    async def heard(self) -> list[str]:
        """
        The callbacks so far, in order.
        """
        found = await self.page.evaluate("window.heard.map(([name]) => name)")
        return [str(name) for name in found]

    def frame(self, test_id: str) -> Surface:
        """
        The page inside an iframe.
        """
        return Surface(
            self.page.frame_locator(f'[data-test-id="{test_id}"]'), f"the page in {test_id}"
        )

    async def keep(self) -> None:
        """
        Put address and data-test-ids of the page into the evidence.
        """
        shown = await self.page.evaluate(
            "[...document.querySelectorAll('[data-test-id]')].map(e => e.dataset.testId)"
        )
        path = self.page.url.split("?")[0].partition("://")[2].partition("/")[2]
        self._transcript.notes.append({"page": f"/{path}", "data-test-ids": sorted(set(shown))})


class BrowserChannel:
    """
    One Chromium for the whole run, started when a case first asks.
    """

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._problem: str | None = None

    async def visitor(self, transcript: Transcript) -> Visitor:
        """
        A page in a context of its own.  Raises `Untested` when there is no Chromium.
        """
        browser = await self._running()
        context = await browser.new_context(
            viewport=DESKTOP,
            locale="en-IN",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_S * 1000)
        return Visitor(await context.new_page(), transcript)

    async def _running(self) -> Browser:
        if self._browser is None and self._problem is None:
            self._playwright = await async_playwright().start()
            try:
                self._browser = await self._playwright.chromium.launch(
                    executable_path=chromium_path(), args=chromium_arguments()
                )
            except Error as error:
                self._problem = _first_line(error)
        if self._browser is None:
            raise Untested(
                f"no Chromium could be started (install one, or set CHROMIUM_PATH): {self._problem}"
            )
        return self._browser

    async def close(self) -> None:
        """
        Stop it.
        """
        if self._browser is not None:
            await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
