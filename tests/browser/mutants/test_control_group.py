"""
The script that mutants are made from, without a defect, under the same patience: everything holds.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.checkout.every_check import CHECKS
from tests.browser.checkout.running import Ahead, open_runner
from tests.browser.mutants.test_mutants import PATIENCE_MS

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def control(browser: Browser) -> AsyncIterator[Ahead[None]]:
    """
    The readable script.
    """
    async with open_runner(browser, PATIENCE_MS, "checkout.js") as running:
        yield running


@pytest.mark.parametrize("name", sorted(CHECKS))
async def test_healthy_script_is_acquitted(
    name: str, control: Ahead[None], request: pytest.FixtureRequest
) -> None:
    await control.result(name, request)
