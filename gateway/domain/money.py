"""
Currencies and amounts: integers in minor units, the exponent from ISO 4217, never a float.

Source: ISO 4217 list one, 2025 edition, active currencies of countries; funds, metals and test codes are left out on purpose.
"""

from typing import Final

from gateway.domain.errors import BadRequest

#: Largest amount: what a double still counts exactly, so that JavaScript merchants read it right.  Source: reliability 5.7.
AMOUNT_MINOR_MAX: Final = 2**53 - 1

_EXPONENT_TWO: Final = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK "
    "DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD "
    "KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH "
    "USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
_EXPONENT_ZERO: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_EXPONENT_THREE: Final = "BHD IQD JOD KWD LYD OMR TND"

#: Decimal digits of the minor unit.
EXPONENTS: Final[dict[str, int]] = {
    **dict.fromkeys(_EXPONENT_TWO.split(), 2),
    **dict.fromkeys(_EXPONENT_ZERO.split(), 0),
    **dict.fromkeys(_EXPONENT_THREE.split(), 3),
}


def is_currency(code: str) -> bool:
    """
    Whether `code` is an active ISO 4217 currency, in capitals.
    """
    return code in EXPONENTS


def currency_exponent(code: str) -> int:
    """
    Decimal digits of the currency's minor unit; KeyError for codes that `is_currency` refuses.
    """
    return EXPONENTS[code]


def parse_amount_minor(
    value: object, *, minimum_minor: int, param: str = "amount", description: str | None = None
) -> int:
    """
    An amount in minor units: an integer (no boolean, float or text) from `minimum_minor` to 2^53-1.  Raises `BadRequest`.
    """
    refusal = description or f"{param} must be at least {minimum_minor}"
    if not isinstance(value, int) or isinstance(value, bool) or value < minimum_minor:
        raise BadRequest(refusal, param=param)
    if value > AMOUNT_MINOR_MAX:
        raise BadRequest(f"{param} must be at most {AMOUNT_MINOR_MAX}", param=param)
    return value


def format_minor(amount_minor: int, currency: str) -> str:
    """
    The amount for people: `500.00 INR`, `500 JPY`.
    """
    exponent = EXPONENTS[currency]
    if exponent == 0:
        return f"{amount_minor} {currency}"
    whole, part = divmod(abs(amount_minor), 10**exponent)
    sign = "-" if amount_minor < 0 else ""
    return f"{sign}{whole}.{part:0{exponent}d} {currency}"
