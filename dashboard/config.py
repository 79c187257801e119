"""
Settings of the dashboard's process, read once from the environment at start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PORT_MAX: Final = 65_535
_LOGINS_MAX: Final = 6_000
_YES: Final = ("true", "1", "yes")
_NO: Final = ("false", "0", "no", "")


class BadSetting(ValueError):
    """
    An environment variable cannot be used; the message names it and says what was expected.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    Everything that can be configured.

    `session_key` signs cookies.  `password` empty = any will do (contract 1.12).  `bank_url` and `receiver_url` empty = no bank console, no receiver's
    clock.  `reports_folder` None = no conformance viewer.  `logins_per_minute` counts failures per address.
    """

    host: str
    port: int
    api_url: str
    public_url: str
    checkout_url: str
    bank_url: str
    receiver_url: str
    email: str
    password: str
    api_key: str
    api_secret: str
    session_key: str
    test_mode: bool
    read_only: bool
    reports_folder: Path | None
    logins_per_minute: int
    secure_cookies: bool

    @classmethod
    def from_env(cls, environ: Mapping[str, str], *, fresh_key: str) -> "Settings":
        """
        Read the settings; `fresh_key` signs cookies when SECRETS_KEY is not set.  Raises `BadSetting`.
        """
        api_url = environ.get("API_URL", "").rstrip("/") or "http://localhost:8000"
        reports = environ.get("REPORTS_DIR", "")
        test_mode = _flag(environ, "TEST_MODE")
        return cls(
            host=environ.get("HOST", "127.0.0.1"),
            port=_number(environ, "PORT", 3000, 0, _PORT_MAX),
            api_url=api_url,
            public_url=environ.get("PUBLIC_URL", "").rstrip("/") or api_url,
            checkout_url=environ.get("CHECKOUT_URL", "").rstrip("/") or "http://localhost:3001",
            bank_url=environ.get("BANK_URL", "").rstrip("/") if test_mode else "",
            receiver_url=environ.get("RECEIVER_URL", "").rstrip("/") if test_mode else "",
            email=environ.get("TEST_MERCHANT_EMAIL", "test@example.com"),
            password=environ.get("DASHBOARD_PASSWORD", ""),
            api_key=environ.get("TEST_API_KEY", "key_test_abc123"),
            api_secret=environ.get("TEST_API_SECRET", "secret_test_xyz789"),
            session_key=environ.get("SECRETS_KEY", "") or fresh_key,
            test_mode=test_mode,
            read_only=_flag(environ, "DASHBOARD_READ_ONLY"),
            reports_folder=Path(reports) if reports else None,
            logins_per_minute=_number(environ, "DASHBOARD_LOGINS_PER_MINUTE", 20, 1, _LOGINS_MAX),
            secure_cookies=environ.get("DASHBOARD_URL", "").startswith("https://"),
        )


def _number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit()) or not least <= int(text[:9]) <= most:
        raise BadSetting(f"{name} must be a whole number from {least} to {most}, found {text!r}.")
    return int(text)


def _flag(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").strip().lower()
    if text not in (*_YES, *_NO):
        raise BadSetting(f"{name} must be true or false, found {text!r}.")
    return text in _YES
