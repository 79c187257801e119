"""
One browser for the whole session, one context for each test.
"""

import os
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.chromium import chromium_arguments, chromium_path, user_id


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """
    A headless Chromium whose elements are found by data-test-id.
    """
    async with async_playwright() as playwright:
        playwright.selectors.set_test_id_attribute("data-test-id")
        running = await playwright.chromium.launch(
            executable_path=chromium_path(os.environ), args=chromium_arguments(user_id())
        )
        yield running
        await running.close()
