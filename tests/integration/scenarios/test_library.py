"""
Every ready scenario, acted out as it says, on the real gateway and bank: the whole consequence, or the test fails.
"""

import sys
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from paywright.pytest_plugin import SandboxFactory
from paywright.sandbox import Sandbox
from simulator.control.library import library
from tests.integration.scenarios.driving import BANK_HEADERS, Drive
from tests.merchant import open_merchant

_FIRST_DAY = date(2026, 3, 1)
_DAYS = {name: _FIRST_DAY + timedelta(days=2 * number) for number, name in enumerate(library())}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sandbox(new_sandbox: SandboxFactory) -> AsyncIterator[Sandbox]:
    """
    A sandbox whose bank decides at once and whose gateway does not wait long for a silent bank.
    """
    async with new_sandbox(env={"TEST_PROCESSING_DELAY": "0", "BANK_TIMEOUT": "1500"}) as running:
        yield running


@pytest.mark.parametrize("document", library().values(), ids=list(library()))
async def test_ready_scenario_has_its_whole_consequence(
    sandbox: Sandbox, document: dict[str, Any]
) -> None:
    """
    `drive` is what the tester does, `consequence` what must then be seen: payments, refunds, webhooks in order, the bank's book, reconciliation.
    """
    day = _DAYS[document["name"]].isoformat()
    async with (
        open_merchant(sandbox) as merchant,
        httpx.AsyncClient(
            base_url=sandbox.urls.bank, headers=BANK_HEADERS, timeout=30, trust_env=False
        ) as bank,
    ):
        drive = Drive(sandbox, merchant, bank, day)
        await drive.load(document)
        for action in document["drive"]:
            await drive.act(action)

        seen = await drive.seen(document["consequence"])

    assert seen == document["consequence"]


def test_there_are_enough_and_each_says_what_to_see() -> None:
    """
    A scenario without a drive and a consequence would be shown by no test.
    """
    rows = {row for document in library().values() for row in document.get("covers", [])}
    assert len(library()) >= 30
    assert rows == {f"B{number}" for number in range(1, 14)}
    for document in library().values():
        assert document["description"]
        assert document["drive"]
        assert document["consequence"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads the worker's peak memory from /proc")
async def test_oversized_answers_cost_no_memory(sandbox: Sandbox) -> None:
    """
    Fifty megabytes, plain and packed: the worker's memory stays where it was (64 MB at most, fault row B5).
    """
    pid = sandbox.pid("worker")

    def peak_kib() -> int:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0])

    before = peak_kib()
    for name in ("huge-answer", "gzip-bomb"):
        await test_ready_scenario_has_its_whole_consequence(sandbox, library()[name])

    assert peak_kib() - before < 64 * 1024
