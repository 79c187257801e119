"""
Settings of the dashboard's process, read once from the environment at start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_PORT_MAX: Final = 65_535


class BadSetting(ValueError):
    """
    An environment variable cannot be used; the message names it and says what was expected.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    Everything that can be configured.  The session key signs cookies.
    """

    host: str
    port: int
    api_url: str
    email: str
    api_key: str
    api_secret: str
    session_key: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str], *, fresh_key: str) -> "Settings":
        """
        Read the settings; `fresh_key` signs cookies when SECRETS_KEY is not set.  Raises `BadSetting`.
        """
        port = environ.get("PORT", "").strip() or "3000"
        if not port.isascii() or not port.isdigit() or int(port) > _PORT_MAX:
            raise BadSetting(f"PORT must be a port from 0 to {_PORT_MAX}, found {port!r}.")
        return cls(
            host=environ.get("HOST", "127.0.0.1"),
            port=int(port),
            api_url=environ.get("API_URL", "http://localhost:8000"),
            email=environ.get("TEST_MERCHANT_EMAIL", "test@example.com"),
            api_key=environ.get("TEST_API_KEY", "key_test_abc123"),
            api_secret=environ.get("TEST_API_SECRET", "secret_test_xyz789"),
            session_key=environ.get("SECRETS_KEY", "") or fresh_key,
        )
