"""
Pages stay quick when there is much to page through.
"""

import re
import statistics
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from paywright.pytest_plugin import SandboxFactory
from tests.integration.dashboard.scale import fill

pytestmark = pytest.mark.serial
PAYMENTS = 100_000
#: Milliseconds of server time for the first page.  Source: issue 7.
SERVER_MS_MAX = 100.0
_ROUNDS = 15


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def crowded(new_sandbox: SandboxFactory) -> AsyncIterator[httpx.AsyncClient]:
    """
    Somebody logged in where 100,000 payments were made.
    """
    async with (
        new_sandbox(parties=("bank", "api", "dashboard")) as sandbox,
        httpx.AsyncClient(
            base_url=sandbox.urls.dashboard, follow_redirects=True, trust_env=False, timeout=60
        ) as client,
    ):
        await fill(sandbox.urls.database, payments=PAYMENTS)
        page = await client.get("/login")
        found = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert found is not None
        form = {"csrf": found.group(1), "email": "test@example.com", "password": "x"}
        assert (await client.post("/login", data=form)).url.path == "/dashboard"
        yield client


@pytest.mark.parametrize(
    ("path", "sign"),
    [
        ("/dashboard", "100,000"),
        ("/dashboard/transactions", "of 100,000"),
        ("/dashboard/transactions?status=failed", "of 10,000"),
        ("/dashboard/webhooks", "of 20,000"),
        ("/dashboard/events", "of 20,000"),
        ("/dashboard/orders", "of 100,000"),
    ],
)
async def test_first_page_is_quick(crowded: httpx.AsyncClient, path: str, sign: str) -> None:
    """
    Server time by the page's own clock: the lower quartile of 15 after one to warm up, because what else the machine does only adds.
    """
    page = await crowded.get(path)
    assert page.status_code == 200
    assert sign in page.text

    times = []
    for _ in range(_ROUNDS):
        header = (await crowded.get(path)).headers["Server-Timing"]
        times.append(float(header.partition("dur=")[2]))

    assert statistics.quantiles(times, n=4)[0] <= SERVER_MS_MAX, times
