"""
Settings of the checkout's process, read once from the environment at start.  docs/checkout.md has the table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sdk.checkout.policies import BadSource, parse_sources

_PORT_MAX: Final = 65_535
_TRUE: Final = frozenset({"true", "1", "yes", "on"})
_FALSE: Final = frozenset({"false", "0", "no", "off", ""})
#: A merchant's page on the payer's own machine; what a newcomer has.  Orders of merchants with a list of origins ignore it.
_LOOPBACK: Final = "'self' http://localhost:* http://127.0.0.1:*"
#: Razorpay waits 3 to 15 minutes (features F182).
_PAYMENT_TIMEOUT_S: Final = "300"
_PAYMENT_TIMEOUT_S_MAX: Final = 3_600


class BadSetting(ValueError):
    """
    An environment variable cannot be used; the message names it and says what was expected.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    Everything that can be configured.  URLs have no trailing slash.

    `api_url` and `receiver_url` are where this server finds them, `public_…` where the payer's browser does; they differ in containers.
    """

    host: str
    port: int
    api_url: str
    public_api_url: str
    checkout_url: str
    receiver_url: str
    public_receiver_url: str
    dashboard_url: str
    frame_ancestors: tuple[str, ...]
    challenge_sources: tuple[str, ...]
    payment_timeout_s: int
    test_mode: bool
    demo: bool
    api_key: str
    api_secret: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """
        Read the settings.  Raises `BadSetting`.
        """
        api_url = _url(environ, "API_URL", "http://localhost:8000")
        test_mode = _flag(environ, "TEST_MODE", default=False)
        api_key = _text(environ, "TEST_API_KEY", "key_test_abc123")
        demo = _flag(environ, "DEMO", default=True)
        if demo and "_test_" not in api_key:
            raise BadSetting(
                "TEST_API_KEY must be a test key (it contains _test_) while the demo shop is on; set DEMO=false to serve without it."
            )
        bank_url = _url(environ, "BANK_URL", "http://localhost:9000")
        receiver_url = _url(environ, "RECEIVER_URL", "http://localhost:4000")
        return cls(
            host=_text(environ, "HOST", "127.0.0.1"),
            port=_number(environ, "PORT", "3001", _PORT_MAX),
            api_url=api_url,
            public_api_url=_url(environ, "PUBLIC_API_URL", api_url),
            checkout_url=_url(environ, "CHECKOUT_URL", "http://localhost:3001"),
            receiver_url=receiver_url,
            public_receiver_url=_url(environ, "PUBLIC_RECEIVER_URL", receiver_url),
            dashboard_url=_url(environ, "DASHBOARD_URL", "http://localhost:3000"),
            frame_ancestors=_sources(environ, "FRAME_ANCESTORS", _LOOPBACK),
            challenge_sources=_sources(
                environ, "CHALLENGE_SOURCES", _url(environ, "BANK_PUBLIC_URL", bank_url)
            ),
            payment_timeout_s=_number(
                environ, "PAYMENT_TIMEOUT_S", _PAYMENT_TIMEOUT_S, _PAYMENT_TIMEOUT_S_MAX
            ),
            test_mode=test_mode,
            demo=demo,
            api_key=api_key,
            api_secret=_text(environ, "TEST_API_SECRET", "secret_test_xyz789"),
        )


def _text(environ: Mapping[str, str], name: str, default: str) -> str:
    return environ.get(name, "").strip() or default


def _number(environ: Mapping[str, str], name: str, default: str, most: int) -> int:
    raw = _text(environ, name, default)
    if not raw.isascii() or not raw.isdigit() or int(raw) > most:
        raise BadSetting(f"{name} must be a whole number from 0 to {most}, found {raw!r}.")
    return int(raw)


def _flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    raw = environ.get(name, str(default)).strip().lower()
    if raw not in _TRUE | _FALSE:
        raise BadSetting(f"{name} must be true or false, found {raw!r}.")
    return raw in _TRUE


def _url(environ: Mapping[str, str], name: str, default: str) -> str:
    raw = _text(environ, name, default).rstrip("/")
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise BadSetting(f"{name} must be an http or https address, found {raw!r}.")
    return raw


def _sources(environ: Mapping[str, str], name: str, default: str) -> tuple[str, ...]:
    try:
        return parse_sources(_text(environ, name, default).replace(",", " ").split())
    except BadSource as error:
        raise BadSetting(f"{name}: {error}") from error
