"""
Every check holds for the checkout as it is served.
"""

import pytest

from tests.browser.checkout.every_check import CHECKS
from tests.browser.checkout.running import Ahead

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", sorted(CHECKS))
async def test_checkout(name: str, runner: Ahead[None], request: pytest.FixtureRequest) -> None:
    await runner.result(name, request)


def test_there_are_enough_checks() -> None:
    assert len(CHECKS) >= 60
