"""
A dialect's requests as the reference takes them: member names, card shape, ids that come in the body.  Pure.
"""

import json
from typing import Any, Final

from conformance.harness.dialects.routes import Meant
from conformance.harness.dialects.wire import nested_card, reading, renamed
from conformance.harness.profile import Profile

_CREATES_PAYMENTS: Final = frozenset({"payments", "payments_public"})


def understood(profile: Profile, meant: Meant, content: bytes) -> tuple[str, bytes]:
    """
    The contract's path and body.  A body that is no JSON object, and one that needs no translation, is passed on byte for byte.
    """
    document = _object(content)
    if document is None:
        return meant.path, content
    read: dict[str, Any] = _renamed(profile, meant, document)
    path = meant.path
    if "{payment_id}" in path:
        path = path.replace("{payment_id}", str(read.pop("payment_id", "none")))
    if profile.shape("card") == "flat" and meant.operation in _CREATES_PAYMENTS:
        read = nested_card(read)
    return path, content if read == document else json.dumps(read).encode()


def _renamed(profile: Profile, meant: Meant, document: dict[str, Any]) -> dict[str, Any]:
    names = dict(profile.data["fields"])
    if meant.operation == "configure":
        names["webhook_url"] = profile.webhook["configure"]["field"]
    renaming = reading(names, profile.shape("requests"))
    read: dict[str, Any] = renamed(document, renaming)
    return read


def _object(content: bytes) -> dict[str, Any] | None:
    """
    The body as an object; None when it is anything else, NaN and repeated members included: those are the reference's to refuse.
    """
    try:
        document = json.loads(content, parse_constant=_refuse, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found
