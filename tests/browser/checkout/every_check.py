"""
Imports all checks, so that the registry is complete.
"""

from tests.browser.checkout import (
    checks_access,
    checks_card,
    checks_challenge,
    checks_demo,
    checks_focus,
    checks_looks,
    checks_messages,
    checks_modal,
    checks_options,
    checks_page,
    checks_recovery,
)
from tests.browser.checkout.registry import CHECKS

__all__ = [
    "CHECKS",
    "checks_access",
    "checks_card",
    "checks_challenge",
    "checks_demo",
    "checks_focus",
    "checks_looks",
    "checks_messages",
    "checks_modal",
    "checks_options",
    "checks_page",
    "checks_recovery",
]
