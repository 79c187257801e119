"""
What all tests share: the sandbox, and a merchant who talks to it.
"""

from collections.abc import AsyncIterator

import pytest_asyncio

from paywright.sandbox import Sandbox
from tests.merchant import Merchant, open_merchant

pytest_plugins = ["paywright.pytest_plugin"]


@pytest_asyncio.fixture(loop_scope="session")
async def merchant(sandbox: Sandbox) -> AsyncIterator[Merchant]:
    """
    The test merchant of the session's sandbox, with webhooks going to an inbox of this test's own.
    """
    async with open_merchant(sandbox) as one:
        yield one
