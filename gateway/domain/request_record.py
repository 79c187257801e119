"""
One request and its answer, as the request log keeps them: without secrets and card data, cut to a readable size.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from gateway.domain.redaction import redact

#: Characters of a body that are kept.
BODY_LENGTH_MAX: Final = 16_384
_REFUSED: Final = 400
#: Members that are never kept, written without case, dashes and underscores.
_SECRET_MEMBERS: Final = frozenset(
    [
        "cvv",
        "cvc",
        "cvv2",
        "cvc2",
        "securitycode",
        "pin",
        "otp",
        "token",
        "apisecret",
        "secret",
        "password",
        "webhooksecret",
        "signingsecret",
    ]
)
#: Members that hold a card number, mistyped ones too, which no checksum gives away.
_CARD_MEMBERS: Final = frozenset(["number", "cardnumber", "pan"])
_CARD_DIGITS_MIN: Final = 8
_HIDDEN: Final = "[redacted]"
#: The same for text that is no JSON.
_MEMBER: Final = re.compile(
    r"""(?i)(["']?(?:cvv2?|cvc2?|security_?code|pin|otp|token|api_?secret|secret|password|webhook_?secret|signing_?secret|number|card_?number|pan)"""
    r"""["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,;&}]+)"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """
    A request as it was answered.  `merchant_id` and `at` (business time) are None on the payer's routes; `owner_hint` is then the order or payment
    whose merchant it concerns, `finished_s` (monotonic) says when.  `entity_id` is the id in the path, or of the created object.  Bodies are raw, None when there was none.
    """

    merchant_id: UUID | None
    owner_hint: str | None
    request_id: str
    at: datetime | None
    finished_s: float
    method: str
    path: str
    status: int
    duration_ms: float
    entity_id: str | None
    idempotency_key: str | None
    replayed: bool
    request_body: bytes | None
    response_body: bytes | None

    @property
    def error_code(self) -> str | None:
        """
        The code in the envelope of an error.
        """
        if self.status < _REFUSED:
            return None
        error = member_of(self.response_body, "error")
        code = error.get("code") if isinstance(error, dict) else None
        return code if isinstance(code, str) else None


def member_of(body: bytes | None, name: str) -> Any:
    """
    A member of a body that is a JSON object, else None.
    """
    try:
        document = json.loads(body or b"null")
    except (ValueError, RecursionError):
        return None
    return document.get(name) if isinstance(document, dict) else None


def _hidden(name: str, value: Any) -> Any:
    word = name.lower().replace("_", "").replace("-", "")
    if word in _SECRET_MEMBERS and value is not None:
        return _HIDDEN
    if word in _CARD_MEMBERS and isinstance(value, str | int):
        digits = [character for character in str(value) if character.isdigit()]
        if len(digits) >= _CARD_DIGITS_MIN:
            return f"[card …{''.join(digits[-4:])}]"
    return _without_secrets(value)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _hidden(name, member) for name, member in value.items()}
    if isinstance(value, list):
        return [_without_secrets(member) for member in value]
    return value


def storable(text: str, length_max: int) -> str:
    """
    Text that PostgreSQL takes, redacted and cut.
    """
    kept = redact(text).encode("utf-8", "replace").decode().replace("\x00", "�")
    return kept if len(kept) <= length_max else kept[: length_max - 1] + "…"


def readable_body(body: bytes | None) -> str | None:
    """
    A body for people: secrets, card numbers and security codes are gone before it is cut.  None when there was none.
    """
    if not body:
        return None
    try:
        text = json.dumps(
            _without_secrets(json.loads(body)), ensure_ascii=False, separators=(",", ":")
        )
    except (ValueError, RecursionError):
        text = body.decode("utf-8", "replace")
        if "\\u" in text:
            # An escape could hide a member's name from the pattern.
            return f"[{len(body)} bytes that are no JSON]"
        text = _MEMBER.sub(rf"\1{_HIDDEN}", text)
    return storable(text, BODY_LENGTH_MAX)
