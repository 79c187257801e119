"""
One bank for the tests of a module that need nothing special.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.simulator.bank_process import BankProcess


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BankProcess]:
    """
    A running bank without delays.
    """
    bank = BankProcess(tmp_path_factory.mktemp("bank"))
    await bank.start()
    yield bank
    bank.kill()
    await bank.http.aclose()
