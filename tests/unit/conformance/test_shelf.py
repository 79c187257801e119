"""
Shared preconditions: made once, blocked for all when they cannot be made, in the evidence of each.
"""

import pytest

from conformance.harness.evidence import Exchange, Transcript
from conformance.harness.outcomes import Blocked, RequirementFailed
from conformance.harness.shelf import Shelf


def _exchange() -> Exchange:
    return Exchange(method="GET", url="/", request_headers={}, request_body=b"")


async def test_made_once_and_in_every_transcript() -> None:
    """
    The second case gets the first one's thing and its exchanges.
    """
    shelf, first, second, made = Shelf(), Transcript(), Transcript(), []

    async def make() -> int:
        first.exchanges.append(_exchange())
        made.append(1)
        return 7

    results = [await shelf.once("x", transcript, make) for transcript in (first, second)]

    assert results == [7, 7]
    assert made == [1]
    assert first.exchanges == second.exchanges
    assert len(second.exchanges) == 1


async def test_failure_blocks_all_without_another_try() -> None:
    """
    Fifteen seconds of waiting are spent once, not for each case.
    """
    shelf, tries = Shelf(), []

    async def make() -> int:
        tries.append(1)
        raise RequirementFailed("was not decided within 15 s")

    for _ in range(2):
        with pytest.raises(Blocked, match="15 s"):
            await shelf.once("x", Transcript(), make)
    assert tries == [1]
