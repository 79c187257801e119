"""
Everything a check needs: the checkout under test, a programmable gateway, merchants good and bad.
"""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
from playwright.async_api import Browser, BrowserContext, FrameLocator, Locator, Page, expect
from quart import Response, request

from sdk.checkout.app import FOLDER, create_app
from sdk.checkout.assets import load_assets
from sdk.checkout.config import Settings
from tests.browser.checkout.fake_gateway import FakeGateway, FakeOrder, gateway_app
from tests.browser.checkout.fake_receiver import FakeReceiver, receiver_app
from tests.browser.checkout.pages import pages_app
from tests.browser.serving import port_of, reserve, served

#: Only checks of the time-out wait so long, by the page's clock.
PAYMENT_TIMEOUT_S: Final = 30
#: Longer than any check takes on a busy machine.  Some waits of a browser have no end of their own: a promise that is never kept, a page that does not close.
CHECK_S: Final = 180
CLOSED_S: Final = 20
DESKTOP: Final = {"width": 1280, "height": 800}
USUAL: Final[dict[str, Any]] = {"viewport": DESKTOP, "locale": "en-IN", "reduced_motion": "reduce"}


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """
    One seeded defect: a text of one served file, or of one response header, replaced.
    """

    name: str
    file: str
    old: str
    new: str
    kills: tuple[str, ...]


@dataclass(kw_only=True)
class Servers:
    """
    The parties around the browser.
    """

    gateway: FakeGateway
    receiver: FakeReceiver
    checkout: str
    merchant: str
    evil: str
    bank: str


@dataclass(kw_only=True)
class Stage:
    """
    One check's view of its parties.  `patience_ms` bounds every wait.

    `usual` is a context that checks without wishes use one after another: a third of the work is making one.
    """

    servers: Servers
    browser: Browser
    patience_ms: float
    stack: AsyncExitStack
    usual: BrowserContext | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def gateway(self) -> FakeGateway:
        """
        The programmable gateway.
        """
        return self.servers.gateway

    async def context(self, **settings: Any) -> BrowserContext:
        """
        A fresh browser context, closed after the check.
        """
        context = await self.browser.new_context(**{**USUAL, **settings})
        context.set_default_timeout(self.patience_ms)
        self.stack.push_async_callback(_closed, context)
        return context

    async def page(self, *, alone: bool = False, **settings: Any) -> Page:
        """
        A page; in a context of its own when there are settings, or when it is `alone`: for checks that set the clock, the network or count objects.
        """
        if self.usual is None or alone or settings:
            page = await (await self.context(**settings)).new_page()
        else:
            page = await self.usual.new_page()
            self.stack.push_async_callback(_closed, page)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page

    def checkout_url(self, order: FakeOrder, **query: str) -> str:
        """
        The hosted page of an order.
        """
        more = "".join(f"&{name}={value}" for name, value in query.items())
        return f"{self.servers.checkout}/checkout?order_id={order.id}{more}"

    async def hosted(
        self, order: FakeOrder, *, query: dict[str, str] | None = None, **settings: Any
    ) -> Page:
        """
        The hosted page, ready to be paid on.
        """
        page = await self.page(**settings)
        await page.goto(self.checkout_url(order, **(query or {})))
        return page

    async def merchant(self, order: FakeOrder, *, csp: str = "strict", **settings: Any) -> Page:
        """
        The merchant's page, the checkout not opened yet.
        """
        page = await self.page(**settings)
        await page.goto(f"{self.servers.merchant}/merchant?csp={csp}")
        await page.evaluate("id => { window.orderId = id }", order.id)
        return page

    async def opened(
        self, order: FakeOrder, options: dict[str, Any] | None = None, **settings: Any
    ) -> tuple[Page, FrameLocator]:
        """
        The merchant's page with the checkout open and ready, and the frame.
        """
        page = await self.merchant(order, **settings)
        await page.evaluate(
            "([id, options]) => window.start(id, options)", [order.id, options or {}]
        )
        await self.logged(page, "ready")
        return page, page.frame_locator("[data-test-id=payment-iframe]")

    async def clock_until(self, page: Page, wanted: Locator, step_ms: int) -> None:
        """
        Let the page's installed clock run, while its requests are answered in real time, until the element is visible.
        """
        async with asyncio.timeout(self.patience_ms / 1000):
            while not await wanted.is_visible():
                await page.clock.run_for(step_ms)

    async def polled(self, order: FakeOrder, times: int) -> None:
        """
        Wait until the page has asked so many times.
        """
        async with asyncio.timeout(self.patience_ms / 1000):
            while order.polls < times:  # noqa: ASYNC110  a poll
                await asyncio.sleep(0.02)

    async def logged(self, page: Page, name: str, count: int = 1) -> list[Any]:
        """
        What the merchant's callbacks got under a name, once there are `count`.
        """
        await page.wait_for_function(
            "([name, count]) => window.log.filter((entry) => entry[0] === name).length >= count",
            arg=[name, count],
        )
        return [entry[-1] for entry in await page.evaluate("window.log") if entry[0] == name]


async def _closed(one: Page | BrowserContext) -> None:
    """
    Chromium now and then never closes a page whose frame tried to take it away; what the check found does not hang on that.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOSED_S):
            await one.close()


@asynccontextmanager
async def open_stage(
    servers: Servers, browser: Browser, patience_ms: float, usual: BrowserContext | None = None
) -> AsyncIterator[Stage]:
    """
    A stage whose pages and contexts are closed at the end.
    """
    expect.set_options(timeout=patience_ms)
    servers.gateway.refuses_merchant = False
    servers.receiver.is_verifying = True
    async with asyncio.timeout(CHECK_S), AsyncExitStack() as stack:
        yield Stage(
            servers=servers, browser=browser, patience_ms=patience_ms, stack=stack, usual=usual
        )


def _settings(checkout: str, gateway: str, receiver: str, bank: str) -> Settings:
    return Settings.from_env(
        {
            "CHECKOUT_URL": checkout,
            "API_URL": gateway,
            "RECEIVER_URL": receiver,
            "CHALLENGE_SOURCES": bank,
            "PAYMENT_TIMEOUT_S": str(PAYMENT_TIMEOUT_S),
            "TEST_MODE": "true",
        }
    )


def _mutate(folder: Path, mutant: Mutant) -> None:
    path = folder / mutant.file
    source = path.read_text("utf-8")
    assert mutant.old in source, f"{mutant.name}: {mutant.old!r} is not in {mutant.file}"
    path.write_text(source.replace(mutant.old, mutant.new), "utf-8")


def _header_mutation(mutant: Mutant) -> Callable[[Response], Response]:
    def change(response: Response) -> Response:
        for name, value in list(response.headers.items()):
            line = f"{name}: {value}"
            if mutant.old in line:
                response.headers.remove(name)
                new_name, _, new_value = line.replace(mutant.old, mutant.new).partition(": ")
                response.headers[new_name] = new_value
        return response

    return change


def _policy_on_request(response: Response) -> Response:
    """
    `policy=none` in the address: as if the browser did not know frame-ancestors.
    """
    if request.args.get("policy") == "none":
        response.headers["Content-Security-Policy"] = "base-uri 'none'"
    return response


@asynccontextmanager
async def open_servers(
    work: Path, mutants: Sequence[Mutant] = (), *, script: str = "checkout.min.js"
) -> AsyncIterator[Servers]:
    """
    All parties.  With mutants the folder is copied and changed, and the readable script is served in place of the small one.
    """
    folder = FOLDER
    if mutants:
        folder, script = work / "checkout", "checkout.js"
        shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    for mutant in mutants:
        if mutant.file != "header":
            _mutate(folder, mutant)
    sockets = [reserve() for _ in range(6)]
    checkout_at, gateway_at, receiver_at, *pages_at = (port_of(one) for one in sockets)
    checkout, gateway_url = f"http://localhost:{checkout_at}", f"http://127.0.0.1:{gateway_at}"
    receiver_url = f"http://127.0.0.1:{receiver_at}"
    merchant, evil, bank = (f"http://127.0.0.1:{port}" for port in pages_at)
    receiver = FakeReceiver()
    gateway = FakeGateway(checkout, receiver_url, receiver)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        settings = _settings(checkout, gateway_url, receiver_url, bank)
        app = create_app(settings, http, load_assets(folder, script=script), folder=folder)
        app.after_request(_policy_on_request)
        for mutant in mutants:
            if mutant.file == "header":
                app.after_request(_header_mutation(mutant))
        for one, listening in (
            (app, sockets[:1]),
            (gateway_app(gateway), sockets[1:2]),
            (receiver_app(receiver), sockets[2:3]),
            (pages_app(checkout, evil), sockets[3:]),
        ):
            await stack.enter_async_context(served(one, *listening))
        yield Servers(
            gateway=gateway,
            receiver=receiver,
            checkout=checkout,
            merchant=merchant,
            evil=evil,
            bank=bank,
        )
