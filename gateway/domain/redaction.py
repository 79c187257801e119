"""
Takes secrets and card numbers out of text that goes to a log.  Source: reliability 5.10.
"""

import re
from typing import Final

from gateway.domain.cards import luhn_ok

_SECRET: Final = re.compile(r"\b(whsec_|secret_|sk_)[A-Za-z0-9+/=_-]{4,}")
_DIGITS: Final = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])")


def _card(match: re.Match[str]) -> str:
    digits = match.group().replace(" ", "").replace("-", "")
    return f"[card …{digits[-4:]}]" if luhn_ok(digits) else match.group()


def redact(text: str) -> str:
    """
    The text without secrets and without anything that could be a card number.
    """
    return _DIGITS.sub(_card, _SECRET.sub(r"\1[redacted]", text))


def mask_vpa(vpa: str) -> str:
    """
    `us***@bank` for `user@bank`.
    """
    name, _, handle = vpa.partition("@")
    return f"{name[:2]}***@{handle}"
