"""
Takes secrets and card numbers out of text that goes to a log.  Source: reliability 5.10.
"""

import re
from typing import Final

from gateway.domain.cards import luhn_ok

_SECRET: Final = re.compile(r"\b(whsec_|secret_|sk_)[A-Za-z0-9+/=_-]{4,}")
#: A run of digits with the separators that people put into card numbers; at least 13 digits long.
_RUN: Final = re.compile(r"[0-9](?:[ .\-]{0,2}[0-9]){12,}")
_PAN_LENGTHS: Final = range(19, 12, -1)
#: What card numbers begin with; times and ids mostly do not, so they stay readable.
_PAN_HEADS: Final = frozenset("234568")


def _without_cards(match: re.Match[str]) -> str:
    """
    The run with every window of it that could be a card number replaced, the longest first.
    """
    run = match.group()
    places = [index for index, character in enumerate(run) if character.isdigit()]
    digits = "".join(run[index] for index in places)
    kept: list[str] = []
    at = copied = 0
    while at < len(digits):
        length = _card_length(digits, at)
        if length == 0:
            at += 1
            continue
        kept += [run[copied : places[at]], f"[card …{digits[at + length - 4 : at + length]}]"]
        copied = places[at + length - 1] + 1
        at += length
    return "".join(kept) + run[copied:]


def _card_length(digits: str, at: int) -> int:
    if digits[at] not in _PAN_HEADS:
        return 0
    return next(
        (n for n in _PAN_LENGTHS if at + n <= len(digits) and luhn_ok(digits[at : at + n])), 0
    )


def redact(text: str) -> str:
    """
    The text without secrets and without anything that could be a card number.
    """
    return _RUN.sub(_without_cards, _SECRET.sub(r"\1[redacted]", text))


def mask_vpa(vpa: str) -> str:
    """
    `us***@bank` for `user@bank`.
    """
    name, _, handle = vpa.partition("@")
    return f"{name[:2]}***@{handle}"
