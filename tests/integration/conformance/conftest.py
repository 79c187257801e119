"""
The suite graded by wrong gateways, wrong senders and wrong handlers takes minutes: `make suite`, not `make test`.
"""

from typing import Final

import pytest

_LONG: Final = (
    "test_canaries.py",
    "test_cases_can_fail_database.py",
    "test_cases_can_fail_http.py",
    "test_cases_can_fail_webhooks.py",
    "test_certification.py",
    "test_dialects.py",
    "test_evaluate.py",
    "test_repros.py",
    "test_verbs.py",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Mark them.
    """
    for item in items:
        if item.path.name in _LONG:
            item.add_marker(pytest.mark.suite)
