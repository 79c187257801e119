"""
The healthy parties, once for the session.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.checkout.stage import Servers, Stage, open_servers, open_stage

#: How long a check waits for what must come.
PATIENCE_MS = 5_000


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def servers() -> AsyncIterator[Servers]:
    """
    The checkout as it is served to merchants: the small script.
    """
    async with open_servers(Path()) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def stage(servers: Servers, browser: Browser) -> AsyncIterator[Stage]:
    """
    A stage of the test's own.
    """
    async with open_stage(servers, browser, PATIENCE_MS) as one:
        yield one
