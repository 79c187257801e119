"""
One sandbox for all browser tests of the dashboard, and somebody who is logged in.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from paywright.pytest_plugin import SandboxFactory
from paywright.sandbox import Sandbox
from tests.browser.dashboard.report_folder import write_reports
from tests.merchant import Merchant, open_merchant

expect.set_options(timeout=10_000)
PARTIES = ("bank", "receiver", "api", "worker", "checkout", "dashboard")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def hosted(
    new_sandbox: SandboxFactory, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Sandbox]:
    """
    A sandbox with the dashboard and a reports folder.
    """
    reports: Path = tmp_path_factory.mktemp("reports")
    write_reports(reports)
    env = {"REPORTS_DIR": str(reports), "DASHBOARD_LOGINS_PER_MINUTE": "6000"}
    async with new_sandbox(parties=PARTIES, env=env) as sandbox:
        yield sandbox


@pytest_asyncio.fixture(loop_scope="session")
async def seller(hosted: Sandbox) -> AsyncIterator[Merchant]:
    """
    The merchant behind the dashboard.
    """
    async with open_merchant(hosted) as merchant:
        yield merchant


async def log_in(page: Page) -> None:
    """
    Through the form, as a person does.
    """
    await page.goto("/login")
    await page.get_by_test_id("email-input").fill("test@example.com")
    await page.get_by_test_id("password-input").fill("anything")
    await page.get_by_test_id("login-button").click()
    await expect(page.get_by_test_id("dashboard")).to_be_visible()


@pytest_asyncio.fixture(loop_scope="session")
async def page(hosted: Sandbox, browser: Browser) -> AsyncIterator[Page]:
    """
    A logged-in page; anything on the console (a blocked script or style too) fails the test.
    """
    context = await browser.new_context(
        base_url=hosted.urls.dashboard,
        viewport={"width": 1280, "height": 800},
        reduced_motion="reduce",
    )
    opened = await context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda line: (
            complaints.append(line.text)
            if line.type == "error" and "status of 4" not in line.text
            else None
        ),
    )
    opened.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
    await log_in(opened)
    yield opened
    await context.close()
    assert not complaints
