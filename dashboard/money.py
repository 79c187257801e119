"""
Amounts for people.
"""

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
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_THREE_DIGITS: Final = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


def money(amount_minor: int, currency: str = "INR") -> str:
    """
    An amount in minor units as people write it.
    """
    digits = 0 if currency in _NO_DIGITS else 3 if currency in _THREE_DIGITS else 2
    sign = _SIGNS.get(currency, f"{currency} ")
    whole, part = divmod(amount_minor, 10**digits)
    return f"{sign}{whole:,}" + (f".{part:0{digits}d}" if digits else "")
