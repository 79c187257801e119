"""
The reference's answers as a dialect spells them: status, envelope, codes, member names.  Pure.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from conformance.harness.dialects.wire import renamed, spelling
from conformance.harness.profile import Profile

_CREATED: Final = 201
_REFUSED: Final = 400
_UNPROCESSABLE: Final = 422
_KINDS: Final = {400: "validation", 422: "validation", 401: "unauthorised", 404: "unknown"}
_CREATES_PAYMENTS: Final = frozenset({"payments", "payments_public"})


@dataclass(frozen=True, slots=True)
class Spelt:
    """
    A translated answer; `body` None leaves the bytes alone.
    """

    status: int
    body: bytes | None


def spelt(profile: Profile, operation: str, status: int, document: Any, *, replayed: bool) -> Spelt:
    """
    The answer as this dialect gives it.  `document` None is a body that is not JSON.
    """
    kind = _kind(operation, status, replayed=replayed)
    others = profile.statuses(kind, status)[1:] if kind else []
    told = others[0] if others else status
    if document is None:
        return Spelt(told, None)
    if status >= _REFUSED:
        return Spelt(told, _error(profile, told, document))
    return Spelt(told, _content(profile, document))


def _kind(operation: str, status: int, *, replayed: bool) -> str | None:
    if status == _CREATED and replayed:
        return "replay"
    if operation in _CREATES_PAYMENTS and status == 404:  # noqa: PLR2004  not found
        return "unknown_order"
    return _KINDS.get(status)


def _error(profile: Profile, status: int, document: Any) -> bytes | None:
    error = document.get("error") if isinstance(document, dict) else None
    if not isinstance(error, dict):
        return None
    description = str(error.get("description", ""))
    own = profile.codes(str(error.get("code", "")))[-1]
    nested = {**document, "error": {**error, "code": own}}
    shape = profile.shape("error")
    if shape == "text":
        return description.encode()
    if shape == "string":
        return _json({"error": description})
    if shape == "detail":
        validation = status == _UNPROCESSABLE
        return _json({"detail": [{"msg": description}] if validation else nested})
    return _json(nested)


def _content(profile: Profile, document: Any) -> bytes | None:
    names, case = profile.data["answers"], profile.shape("answers")
    wrapper = profile.shape("unwrap")
    if not names and case != "camel" and not wrapper:
        return None
    told = renamed(document, spelling(names, case))
    return _json({wrapper: told} if wrapper else told)


def _json(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
