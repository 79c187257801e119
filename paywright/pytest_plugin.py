"""
Fixtures for tests that need real servers: `sandbox` (a whole one, shared in the session) and `new_sandbox` (one of its own).

Use it in your project with `pytest_plugins = ["paywright.pytest_plugin"]`.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
import pytest_asyncio

from paywright.sandbox import Sandbox

#: The bank decides at once, refunds take 10-30 ms.
QUICK = {"TEST_PROCESSING_DELAY": "0", "REFUND_DELAY_MIN": "10", "REFUND_DELAY_MAX": "30"}
PARTIES = ("bank", "receiver", "api", "worker")
SandboxFactory = Callable[..., AbstractAsyncContextManager[Sandbox]]


@pytest.fixture(scope="session")
def new_sandbox() -> SandboxFactory:
    """
    Makes throw-away sandboxes on free ports; settings of `Sandbox` may be given.
    """

    def make(**given: Any) -> Sandbox:
        env = {**QUICK, **given.pop("env", {})}
        options: dict[str, Any] = {
            "ephemeral": True,
            "free_ports": True,
            "parties": PARTIES,
            "restart": False,
        }
        return Sandbox(env=env, **{**options, **given})

    return make


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sandbox(new_sandbox: SandboxFactory) -> AsyncIterator[Sandbox]:
    """
    One sandbox for the whole session (per xdist worker).
    """
    async with new_sandbox() as running:
        yield running
