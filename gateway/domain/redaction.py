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
    The run without its card numbers: every window that could be one goes, overlapping ones too, so that no tail of a number is left beside another.
    """
    run = match.group()
    places = [index for index, character in enumerate(run) if character.isdigit()]
    digits = "".join(run[index] for index in places)
    kept: list[str] = []
    copied = 0
    for begin, end in _hidden(digits):
        last4 = digits[end - 4 : end]
        kept += [run[copied : places[begin]], f"[card …{last4}]"]
        copied = places[end - 1] + 1
    return "".join(kept) + run[copied:]


def _hidden(digits: str) -> list[tuple[int, int]]:
    """
    The stretches (from, to) that windows of 13 to 19 digits with a card's first digit and check digit cover together.
    """
    stretches: list[tuple[int, int]] = []
    for begin, head in enumerate(digits):
        if head not in _PAN_HEADS:
            continue
        ends = [begin + n for n in _PAN_LENGTHS if begin + n <= len(digits)]
        end = next((end for end in ends if luhn_ok(digits[begin:end])), None)
        if end is None:
            continue
        if stretches and begin < stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        else:
            stretches.append((begin, end))
    return stretches


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
