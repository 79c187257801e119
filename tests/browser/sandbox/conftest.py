"""
One whole sandbox with the checkout, and a payer's browser.
"""

from collections.abc import AsyncIterator
from typing import Final

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from paywright.pytest_plugin import SandboxFactory
from paywright.sandbox import Sandbox

#: Milliseconds.  The page asks every two seconds, the machine may be busy.
PATIENCE_MS: Final = 20_000
_PARTIES: Final = ("bank", "receiver", "api", "worker", "checkout")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(new_sandbox: SandboxFactory) -> AsyncIterator[Sandbox]:
    """
    The sandbox that the demo shop lives in.
    """
    async with new_sandbox(parties=_PARTIES) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """
    A page whose script errors fail the test.
    """
    context = await browser.new_context(locale="en-IN", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    made = await context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    yield made
    await context.close()
    assert errors == []
