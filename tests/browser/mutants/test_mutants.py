"""
Every check notices at least one seeded defect, and every seeded defect leaves the rest standing.  A check that nothing can break tests nothing.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from playwright.async_api import Error as PlaywrightError

from tests.browser.checkout.every_check import CHECKS
from tests.browser.checkout.running import TOGETHER, Ahead
from tests.browser.checkout.stage import Servers, open_servers, open_stage
from tests.browser.mutants.catalogue import all_mutants

pytestmark = pytest.mark.browser

#: How long a check waits before it calls a mutant's silence a defect.  The control group below shows that it is long enough.
PATIENCE_MS: Final = 8_000
_MUTANTS: Final = {mutant.name: mutant for mutant in all_mutants()}
_LOOKS_MAX: Final = 4
#: A mutant must leave one of these standing, else it is no defect but a wreck that every check would notice.
_SIGNS_OF_LIFE: Final = ("key_is_in_no_address", "order_and_amount_are_shown")


async def _holds(name: str, servers: Servers, browser: Browser) -> bool:
    async with open_stage(servers, browser, PATIENCE_MS) as stage:
        try:
            await CHECKS[name](stage)
        except (AssertionError, PlaywrightError, TimeoutError, ValueError):
            return False
        return True


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def verdicts(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ahead[list[str]]]:
    """
    By mutant: what is wrong with it.
    """

    async def judge(name: str) -> list[str]:
        mutant = _MUTANTS[name]
        work: Path = tmp_path_factory.mktemp("mutant")
        signs = [one for one in _SIGNS_OF_LIFE if one not in mutant.kills]
        async with open_servers(work, [mutant]) as servers:
            # A machine that stands still for seconds looks like a wreck: then nothing was found out, and everything is looked at again.
            for _ in range(_LOOKS_MAX):
                blind = [one for one in mutant.kills if await _holds(one, servers, browser)]
                if await _holds(signs[0], servers, browser):
                    return [f"{one} did not notice it" for one in blind]
                signs.reverse()
            return ["it is a wreck"]

    ahead = Ahead(judge, 2 * TOGETHER)
    yield ahead
    await ahead.stop()


@pytest.mark.parametrize("name", _MUTANTS)
async def test_mutant_is_noticed(
    name: str, verdicts: Ahead[list[str]], request: pytest.FixtureRequest
) -> None:
    assert await verdicts.result(name, request) == []


def test_every_check_has_a_mutant() -> None:
    killed = {name for mutant in _MUTANTS.values() for name in mutant.kills}

    assert sorted(set(CHECKS) - killed) == []
    assert sorted(killed - set(CHECKS)) == []
