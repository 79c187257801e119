"""
Settings: defaults, refusals, what test mode opens.
"""

import pytest

from dashboard.config import BadSetting, Settings


def test_defaults_are_the_contracts() -> None:
    """
    Port 3000, the published test merchant, any password, no bank.
    """
    settings = Settings.from_env({}, fresh_key="k")

    assert (settings.port, settings.email) == (3000, "test@example.com")
    assert (settings.api_key, settings.api_secret) == ("key_test_abc123", "secret_test_xyz789")
    assert (settings.password, settings.bank_url, settings.reports_folder) == ("", "", None)
    assert settings.session_key == "k"
    assert not settings.read_only


def test_the_bank_is_for_test_mode_only() -> None:
    """
    Outside test mode its address is not even kept.
    """
    given = {"BANK_URL": "http://bank/", "RECEIVER_URL": "http://receiver"}
    real = Settings.from_env(given, fresh_key="k")
    test = Settings.from_env({**given, "TEST_MODE": "true"}, fresh_key="k")

    assert (real.bank_url, real.receiver_url) == ("", "")
    assert (test.bank_url, test.receiver_url) == ("http://bank", "http://receiver")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "65536"),
        ("PORT", "\u00b2"),
        ("DASHBOARD_LOGINS_PER_MINUTE", "0"),
        ("DASHBOARD_READ_ONLY", "perhaps"),
        ("TEST_MODE", "on"),
    ],
)
def test_a_wrong_value_names_its_setting(name: str, value: str) -> None:
    """
    In one line.
    """
    with pytest.raises(BadSetting, match=name):
        Settings.from_env({name: value}, fresh_key="k")


@pytest.mark.parametrize(("url", "secure"), [("https://d", True), ("http://d", False)])
def test_cookies_are_secure_where_the_address_is(url: str, secure: bool) -> None:
    """
    The sandbox speaks plain HTTP.
    """
    assert Settings.from_env({"DASHBOARD_URL": url}, fresh_key="k").secure_cookies is secure
