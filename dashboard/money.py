"""
Amounts for people, and amounts that people type.
"""

import re
from typing import Final

_SIGNS: Final = {"INR": "\u20b9", "USD": "$", "EUR": "\u20ac", "GBP": "\u00a3", "JPY": "\u00a5"}
#: Currencies whose minor unit has not two digits.  Source: ISO 4217 list one, 2025.
_NO_DIGITS: Final = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_THREE_DIGITS: Final = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
#: At most 13 digits before the point: what the gateway takes fits in 2^53 minor units.
_TYPED: Final = re.compile(r"([0-9]{1,13})(?:\.([0-9]{0,6}))?")


def digits_of(currency: str) -> int:
    """
    Digits of the currency's minor unit.
    """
    return 0 if currency in _NO_DIGITS else 3 if currency in _THREE_DIGITS else 2


def money(amount_minor: int, currency: str = "INR") -> str:
    """
    An amount in minor units as people write it.
    """
    digits = digits_of(currency)
    sign = _SIGNS.get(currency, f"{currency} ")
    minus = "\u2212" if amount_minor < 0 else ""
    whole, part = divmod(abs(amount_minor), 10**digits)
    return f"{minus}{sign}{whole:,}" + (f".{part:0{digits}d}" if digits else "")


def plain(amount_minor: int, currency: str = "INR") -> str:
    """
    The amount in major units without sign and separators, for form fields and spreadsheets.
    """
    digits = digits_of(currency)
    minus = "-" if amount_minor < 0 else ""
    whole, part = divmod(abs(amount_minor), 10**digits)
    return f"{minus}{whole}" + (f".{part:0{digits}d}" if digits else "")


def typed(text: str, currency: str = "INR") -> int:
    """
    Minor units of what a person typed in major units.  Raises `ValueError` with a sentence for them.
    """
    digits = digits_of(currency)
    found = _TYPED.fullmatch(text.strip().replace(",", ""))
    if found is None:
        raise ValueError(f"{text[:40]!r} is not an amount; write it like 120.50.")
    whole, part = found.group(1), (found.group(2) or "").rstrip("0")
    if len(part) > digits or not int(whole + part or "0"):
        raise ValueError(
            f"{text[:40]!r} is not an amount in {currency}: it needs to be above 0 with at most {digits} digits after the point."
        )
    return int(whole + part.ljust(digits, "0"))
