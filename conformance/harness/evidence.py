"""
Evidence: every exchange of a case, in order, secrets taken out.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

REDACTED: Final = "[redacted]"
_RUN: Final = re.compile(r"[0-9](?:[ .\-]{0,2}[0-9]){12,}")
_PAN_LENGTHS: Final = range(19, 12, -1)
_PAN_HEADS: Final = frozenset("234568")
_SECRET_HEADERS: Final = frozenset({"x-api-secret", "authorization", "cookie", "set-cookie"})


def _luhn(digits: str) -> bool:
    total = 0
    for index, character in enumerate(reversed(digits)):
        value = int(character) * (1 + index % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004  digit sum
    return total % 10 == 0


class Redactor:
    """
    Replaces known secrets and anything that could be a card number.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted({s for s in secrets if s}, key=len, reverse=True)

    def text(self, text: str) -> str:
        """
        The text without secrets.
        """
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        return _RUN.sub(_without_cards, text)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """
        The headers without secrets.
        """
        return {
            name: REDACTED if name.lower() in _SECRET_HEADERS else self.text(value)
            for name, value in headers.items()
        }


def _without_cards(match: re.Match[str]) -> str:
    """
    The run of digits with every window of it that could be a card number replaced.
    """
    run = match.group()
    places = [index for index, character in enumerate(run) if character.isdigit()]
    digits = "".join(run[index] for index in places)
    kept: list[str] = []
    at = copied = 0
    while at < len(digits):
        lengths = _PAN_LENGTHS if digits[at] in _PAN_HEADS else ()
        ends = (at + n for n in lengths if at + n <= len(digits))
        end = next((end for end in ends if _luhn(digits[at:end])), at)
        if end == at:
            at += 1
            continue
        kept += [run[copied : places[at]], REDACTED]
        copied, at = places[end - 1] + 1, end
    return "".join(kept) + run[copied:]


@dataclass(slots=True, kw_only=True)
class Exchange:
    """
    One HTTP exchange as it was seen; `failure` when there was no answer.
    """

    method: str
    url: str
    request_headers: dict[str, str]
    request_body: bytes
    status: int | None = None
    response_headers: dict[str, str] = field(default_factory=dict)
    response_body: bytes = b""
    duration_ms: float = 0.0
    failure: str | None = None


@dataclass(slots=True)
class Transcript:
    """
    What a case did and saw.
    """

    exchanges: list[Exchange] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    def document(self, redactor: Redactor) -> dict[str, Any]:
        """
        The transcript as JSON, redacted.
        """
        return {
            "exchanges": [_exchange(exchange, redactor) for exchange in self.exchanges],
            "notes": _redacted(self.notes, redactor),
        }


def _body(body: bytes, redactor: Redactor) -> dict[str, str]:
    if not body:
        return {}
    try:
        return {"text": redactor.text(body.decode())}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _exchange(exchange: Exchange, redactor: Redactor) -> dict[str, Any]:
    return {
        "request": {
            "method": exchange.method,
            "url": exchange.url,
            "headers": redactor.headers(exchange.request_headers),
            "body": _body(exchange.request_body, redactor),
        },
        "response": None
        if exchange.status is None
        else {
            "status": exchange.status,
            "headers": redactor.headers(exchange.response_headers),
            "body": _body(exchange.response_body, redactor),
        },
        "duration_ms": round(exchange.duration_ms, 1),
        "failure": exchange.failure,
    }


def _redacted(value: Any, redactor: Redactor) -> Any:
    if isinstance(value, str):
        return redactor.text(value)
    if isinstance(value, list):
        return [_redacted(member, redactor) for member in value]
    if isinstance(value, dict):
        return {name: _redacted(member, redactor) for name, member in value.items()}
    return value
