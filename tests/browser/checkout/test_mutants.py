"""
Every check notices at least one seeded defect.  A check that nothing can break tests nothing.
"""

import asyncio
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser
from playwright.async_api import Error as PlaywrightError

from tests.browser.checkout.every_check import CHECKS
from tests.browser.checkout.mutants import all_mutants
from tests.browser.checkout.stage import Mutant, open_servers, open_stage

pytestmark = pytest.mark.browser

#: How long a check waits before it calls a mutant's silence a defect.  Waiting costs nothing, so that several mutants share the machine.
_PATIENCE_MS: Final = 900
_TOGETHER: Final = 6
_MUTANTS: Final = all_mutants()
_CHUNKS: Final = [_MUTANTS[at : at + _TOGETHER] for at in range(0, len(_MUTANTS), _TOGETHER)]


async def _survives(mutant: Mutant, browser: Browser, work: Path) -> str | None:
    """
    The mutant's name when its check is content with it.
    """
    async with (
        open_servers(work / mutant.name, [mutant]) as servers,
        open_stage(servers, browser, _PATIENCE_MS) as stage,
    ):
        try:
            for name in mutant.kills:
                await CHECKS[name](stage)
        except (AssertionError, PlaywrightError, ValueError):
            return None
        return mutant.name


@pytest.mark.parametrize("chunk", _CHUNKS, ids=lambda chunk: chunk[0].name)
async def test_mutants_are_noticed(chunk: list[Mutant], browser: Browser, tmp_path: Path) -> None:
    results = await asyncio.gather(*(_survives(mutant, browser, tmp_path) for mutant in chunk))

    assert [name for name in results if name is not None] == []


def test_every_check_has_a_mutant() -> None:
    killed = {name for mutant in _MUTANTS for name in mutant.kills}

    assert sorted(set(CHECKS) - killed) == []
    assert sorted(killed - set(CHECKS)) == []
