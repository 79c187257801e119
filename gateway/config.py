"""
Settings of the gateway's processes, read once from the environment at start.  README has the table.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

TEST_SECRETS_KEY: Final = "paywright-test-mode-secrets-key"
_TRUE: Final = frozenset({"true", "1", "yes", "on"})
_FALSE: Final = frozenset({"false", "0", "no", "off", ""})
_SECRETS_KEY_LENGTH_MIN: Final = 16
_PORT_MAX: Final = 65_535


class BadSetting(ValueError):
    """
    An environment variable cannot be used; the message names it and says what was expected.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    Everything that can be configured.  Durations carry their unit in the name.
    """

    host: str
    port: int
    database_url: str
    redis_url: str
    bank_url: str
    bank_api_key: str
    bank_callback_secret: str
    bank_timeout_ms: int
    public_url: str
    checkout_url: str
    test_mode: bool
    test_seed: str
    webhook_retry_intervals_test: bool
    webhook_egress: str
    secrets_key: str
    test_merchant_email: str
    test_api_key: str
    test_api_secret: str
    test_clock_followers: tuple[str, ...]
    own_ports: frozenset[int]
    rate_limit_rps: int
    worker_id: str
    connections_max: int
    secret_overlap_s: float

    @classmethod
    def from_env(cls, environ: Mapping[str, str], *, process: str, pid: int) -> "Settings":
        """
        Read the settings; `process` and `pid` name this process where a name is needed.  Raises `BadSetting`.
        """
        read = _Reader(environ)
        test_mode = read.flag("TEST_MODE", default=False)
        host, port = read.text("HOST", "127.0.0.1"), read.number("PORT", 8000, 0, _PORT_MAX)
        database_url = read.text(
            "DATABASE_URL", "postgresql://gateway_user:gateway_pass@localhost:5432/payment_gateway"
        )
        redis_url = read.text("REDIS_URL", "redis://localhost:6379")
        bank_url = read.text("BANK_URL", "http://localhost:9000")
        api_key = read.text("TEST_API_KEY", "key_test_abc123")
        if test_mode and api_key.startswith(("key_live_", "sk_live_")):
            raise BadSetting(
                "TEST_MODE=true refuses the live key in TEST_API_KEY; use a key that begins with key_test_."
            )
        return cls(
            host=host,
            port=port,
            database_url=database_url,
            redis_url=redis_url,
            bank_url=bank_url,
            bank_api_key=read.text("BANK_API_KEY", "bank_test_key"),
            bank_callback_secret=read.text("BANK_CALLBACK_SECRET", "bank_callback_test_secret"),
            bank_timeout_ms=read.number("BANK_TIMEOUT", 10_000, 100, 60_000),
            public_url=read.text("PUBLIC_URL", f"http://{host}:{port}"),
            checkout_url=read.text("CHECKOUT_URL", "http://localhost:3001"),
            test_mode=test_mode,
            test_seed=read.text("TEST_SEED", ""),
            webhook_retry_intervals_test=read.flag("WEBHOOK_RETRY_INTERVALS_TEST", default=False),
            webhook_egress=read.choice(
                "WEBHOOK_EGRESS", "sandbox" if test_mode else "strict", ("strict", "sandbox")
            ),
            secrets_key=read.secret("SECRETS_KEY", TEST_SECRETS_KEY if test_mode else None),
            test_merchant_email=read.text("TEST_MERCHANT_EMAIL", "test@example.com"),
            test_api_key=api_key,
            test_api_secret=read.text("TEST_API_SECRET", "secret_test_xyz789"),
            test_clock_followers=tuple(
                url.strip()
                for url in read.text("TEST_CLOCK_FOLLOWERS", "").split(",")
                if url.strip()
            ),
            own_ports=_ports(port, database_url, redis_url, bank_url),
            rate_limit_rps=read.number("RATE_LIMIT_RPS", 0 if test_mode else 100, 0, 1_000_000),
            worker_id=read.text("WORKER_ID", f"{process}-{socket.gethostname()[:32]}-{pid}")[:64],
            connections_max=read.number("DATABASE_CONNECTIONS_MAX", 16, 2, 200),
            secret_overlap_s=float(read.number("WEBHOOK_SECRET_OVERLAP_S", 86_400, 0, 2_592_000)),
        )


def _ports(port: int, *urls: str) -> frozenset[int]:
    """
    Ports that webhooks may not go to even in the sandbox: our own, the database's, Valkey's, the bank's.
    """
    found = {port}
    for url in urls:
        number = urlsplit(url).port
        if number is not None:
            found.add(number)
    return frozenset(found)


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str) -> str:
        return self._environ.get(name, "").strip() or default

    def flag(self, name: str, *, default: bool) -> bool:
        raw = self._environ.get(name)
        if raw is None:
            return default
        value = raw.strip().lower()
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
        raise BadSetting(f"{name} must be true or false, found {raw!r}.")

    def number(self, name: str, default: int, least: int, most: int) -> int:
        raw = self._environ.get(name, "").strip()
        if not raw:
            return default
        if not raw.isascii() or not raw.isdigit() or not least <= int(raw) <= most:
            raise BadSetting(
                f"{name} must be a whole number from {least} to {most}, found {raw!r}."
            )
        return int(raw)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise BadSetting(f"{name} must be one of {', '.join(choices)}, found {value!r}.")
        return value

    def secret(self, name: str, default: str | None) -> str:
        value = self._environ.get(name, "")
        path = self._environ.get(f"{name}_FILE", "")
        if not value and path:
            try:
                value = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise BadSetting(
                    f"{name}_FILE names {path}, which cannot be read ({error.strerror})."
                ) from error
        if not value and default is not None:
            return default
        if len(value) < _SECRETS_KEY_LENGTH_MIN:
            raise BadSetting(
                f"{name} must be set to at least {_SECRETS_KEY_LENGTH_MIN} characters outside TEST_MODE."
            )
        return value
