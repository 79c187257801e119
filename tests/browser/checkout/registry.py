"""
A check is one sentence about the checkout, and the code that finds out whether it is true.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.browser.checkout.stage import Stage

Check = Callable[[Stage], Awaitable[None]]

#: Every check by its name.
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    """
    Register a check under its function's name.
    """
    name = getattr(function, "__name__", "")
    assert name not in CHECKS, name
    CHECKS[name] = function
    return function


def names(log: list[list[Any]]) -> list[str]:
    """
    The callbacks' names in the order of their calls.
    """
    return [entry[0] for entry in log]
