"""
The runner of the checks, once for the session.
"""

from collections.abc import AsyncIterator
from typing import Final

import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.checkout.running import Ahead, open_runner

#: How long a check waits for what must come; only a failing check waits so long.
PATIENCE_MS: Final = 20_000


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def runner(browser: Browser) -> AsyncIterator[Ahead[None]]:
    """
    The checkout as it is served to merchants: the small script.
    """
    async with open_runner(browser, PATIENCE_MS, "checkout.min.js") as running:
        yield running
