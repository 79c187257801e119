"""
The receiver's settings.
"""

import pytest

from merchant_receiver.config import SIGNING_SECRET, BadSetting, Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "x"),
        ("PORT", "70000"),
        ("SIGNING_SECRET", "whsec_###"),
        ("SIGNING_SECRET", "é"),
        ("SIGNING_SECRET", f"{SIGNING_SECRET},whsec_"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    """
    The process refuses to start, instead of failing at the first webhook.
    """
    with pytest.raises(BadSetting, match=f"^{name} must"):
        Settings.from_env({name: value})


def test_old_and_new_secrets_are_both_read() -> None:
    """
    Comma separated.
    """
    found = Settings.from_env({"WEBHOOK_SECRET": "new, old", "SIGNING_SECRET": SIGNING_SECRET})

    assert found.webhook_secrets == ("new", "old")
