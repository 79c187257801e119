"""
Settings of the bank's process, read once from the environment at start.  Table in docs/bank-wire.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_WORDS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False, "": False}  # fmt: skip


class BadSetting(ValueError):
    """
    An environment variable cannot be used; the message names it and says what was expected.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    Everything that can be configured.  Delays in milliseconds, rates from 0 to 1.
    """

    host: str
    port: int
    public_url: str
    state_folder: Path | None
    api_key: str
    callback_secret: str
    test_mode: bool
    test_payment_success: bool
    test_processing_delay_ms: int
    processing_delay_min_ms: int
    processing_delay_max_ms: int
    refund_delay_min_ms: int
    refund_delay_max_ms: int
    upi_success_rate: float
    card_success_rate: float
    amount_triggers: bool
    seed: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """
        Read the settings.  Raises `BadSetting`.
        """

        def flag(name: str, default: str) -> bool:
            raw = environ.get(name, default).strip().lower()
            if raw not in _WORDS:
                raise BadSetting(f"{name} must be true or false, found {raw!r}.")
            return _WORDS[raw]

        def number(name: str, default: int, most: int) -> int:
            raw = environ.get(name, "").strip() or str(default)
            if not raw.isascii() or not raw.isdigit() or int(raw) > most:
                raise BadSetting(f"{name} must be a whole number from 0 to {most}, found {raw!r}.")
            return int(raw)

        def rate(name: str, default: float) -> float:
            raw = environ.get(name, "").strip() or str(default)
            try:
                value = float(raw)
            except ValueError:
                value = -1.0
            if not 0.0 <= value <= 1.0:
                raise BadSetting(f"{name} must be a number from 0 to 1, found {raw!r}.")
            return value

        host, port = environ.get("HOST", "127.0.0.1"), number("PORT", 9000, 65_535)
        seen = host if host not in ("0.0.0.0", "::") else "localhost"
        folder = environ.get("STATE_DIR", "").strip()
        day_ms = 86_400_000
        return cls(
            host=host,
            port=port,
            public_url=environ.get("BANK_PUBLIC_URL", "").strip() or f"http://{seen}:{port}",
            state_folder=Path(folder) if folder else None,
            api_key=environ.get("BANK_API_KEY", "bank_test_key"),
            callback_secret=environ.get("BANK_CALLBACK_SECRET", "bank_callback_test_secret"),
            test_mode=flag("TEST_MODE", "false"),
            test_payment_success=flag("TEST_PAYMENT_SUCCESS", "true"),
            test_processing_delay_ms=number("TEST_PROCESSING_DELAY", 1000, day_ms),
            processing_delay_min_ms=number("PROCESSING_DELAY_MIN", 5000, day_ms),
            processing_delay_max_ms=number("PROCESSING_DELAY_MAX", 10_000, day_ms),
            refund_delay_min_ms=number("REFUND_DELAY_MIN", 3000, day_ms),
            refund_delay_max_ms=number("REFUND_DELAY_MAX", 5000, day_ms),
            upi_success_rate=rate("UPI_SUCCESS_RATE", 0.90),
            card_success_rate=rate("CARD_SUCCESS_RATE", 0.95),
            amount_triggers=flag("TEST_AMOUNT_TRIGGERS", "false"),
            seed=environ.get("TEST_SEED", "") or "paywright",
        )
