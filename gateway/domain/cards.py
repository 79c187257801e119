"""
Card data of a request, checked.  Lives in memory only: the number and CVV go to the bank's vault and nowhere else.

Source: contract 1.5.2; reliability section 4 C.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NoReturn

from gateway.domain.errors import ExpiredCard, InvalidCard

_PAN_LENGTH_MIN: Final = 13
_PAN_LENGTH_MAX: Final = 19
_CVV_LENGTHS: Final = (3, 4)
_MONTHS: Final = 12
_YEAR_DIGITS: Final = (2, 4)
_HOLDER_LENGTH_MAX: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """
    A card whose data can be right.  Its text form shows neither number nor CVV.
    """

    pan: str = field(repr=False)
    network: str
    last4: str
    expiry_month: int
    expiry_year: int
    cvv: str = field(repr=False)
    holder_name: str | None


def _invalid(param: str) -> NoReturn:
    raise InvalidCard("Card validation failed", param=param)


def luhn_ok(digits: str) -> bool:
    """
    Whether the last digit is the Luhn check digit of the others.
    """
    total = 0
    for index, character in enumerate(reversed(digits)):
        digit = ord(character) - 48
        if index % 2 == 1:
            digit = digit * 2 - 9 if digit > 4 else digit * 2  # noqa: PLR2004  digit sum of the double
        total += digit
    return total % 10 == 0


def network_of(pan: str) -> str:
    """
    The contract's table: visa, mastercard (51-55 only), amex, rupay, else unknown.
    """
    if pan.startswith("4"):
        return "visa"
    head = int(pan[:2])
    if 51 <= head <= 55:  # noqa: PLR2004  contract table
        return "mastercard"
    if head in (34, 37):
        return "amex"
    if head in (60, 65) or 81 <= head <= 89:  # noqa: PLR2004  contract table
        return "rupay"
    return "unknown"


def _pan(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        _invalid("card.number")
    digits = value.replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isdigit()):
        _invalid("card.number")
    if not _PAN_LENGTH_MIN <= len(digits) <= _PAN_LENGTH_MAX or not luhn_ok(digits):
        _invalid("card.number")
    return digits


def _number(value: object, param: str) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if text is None:
        _invalid(param)
    if not isinstance(text, str) or not (text.isascii() and text.isdigit()):
        raise ExpiredCard("Card expiry date invalid", param=param)
    return text


def _expiry(month: object, year: object, today: date) -> tuple[int, int]:
    month_text, year_text = _number(month, "card.expiry_month"), _number(year, "card.expiry_year")
    if len(month_text) > 2 or len(year_text) not in _YEAR_DIGITS:  # noqa: PLR2004  MM
        raise ExpiredCard("Card expiry date invalid", param="card.expiry_year")
    number, full_year = int(month_text), int(year_text)
    if len(year_text) == 2:  # noqa: PLR2004  YY
        full_year += 2000
    if not 1 <= number <= _MONTHS or (full_year, number) < (today.year, today.month):
        raise ExpiredCard("Card expiry date invalid", param="card.expiry_month")
    return number, full_year


def _cvv(value: object) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not (text.isascii() and text.isdigit()):
        _invalid("card.cvv")
    if len(text) not in _CVV_LENGTHS:
        _invalid("card.cvv")
    return text


def parse_card(fields: Mapping[str, object], *, today: date) -> Card:
    """
    The card of a request's `card` object.  Valid through its expiry month.  Raises `InvalidCard` and `ExpiredCard`.
    """
    pan = _pan(fields.get("number"))
    month, year = _expiry(fields.get("expiry_month"), fields.get("expiry_year"), today)
    cvv = _cvv(fields.get("cvv"))
    holder = fields.get("holder_name")
    if holder is not None and (not isinstance(holder, str) or len(holder) > _HOLDER_LENGTH_MAX):
        _invalid("card.holder_name")
    return Card(
        pan=pan,
        network=network_of(pan),
        last4=pan[-4:],
        expiry_month=month,
        expiry_year=year,
        cvv=cvv,
        holder_name=holder,
    )
