"""
Where the bank calls back.
"""

import hashlib
import hmac
import re
from datetime import timedelta
from typing import Final, TypeGuard

from quart import Blueprint, Response, request

from gateway.api.requests import json_response, raw_body
from gateway.api.state import context, state
from gateway.domain.errors import AuthenticationFailed, BadRequest
from gateway.domain.strict_json import parse_object
from gateway.services.callbacks import take_callback
from gateway.services.health import database_time

callbacks = Blueprint("callbacks", __name__)
#: Fits the column of work items, and a path.
_DISPUTE_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")

#: How old or how early a callback may be.  Source: docs/bank-wire.md.
_TOLERANCE: Final = timedelta(minutes=5)


async def _verify(raw: bytes) -> None:
    """
    Signature first, then age.  Raises `AuthenticationFailed`.
    """
    timestamp = request.headers.get("X-Bank-Timestamp", "")
    signature = request.headers.get("X-Bank-Signature", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):  # noqa: PLR2004  a year far off
        raise AuthenticationFailed
    expected = hmac.new(
        state().bank_callback_secret.encode(), timestamp.encode() + b"." + raw, hashlib.sha256
    ).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        raise AuthenticationFailed
    now = await database_time(context())
    if now is not None and abs(now.timestamp() - int(timestamp)) > _TOLERANCE.total_seconds():
        raise AuthenticationFailed


def _is_dispute_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _DISPUTE_ID.fullmatch(value) is not None


@callbacks.post("/api/v1/bank/callbacks")
async def post_callback() -> Response:
    """
    Take a signed callback; it makes an inquiry due.
    """
    raw = await raw_body()
    await _verify(raw)
    fields = parse_object(raw)
    wanted = [fields.get(name) for name in ("event_id", "type", "request_id")]
    if not all(isinstance(value, str) and 0 < len(value) <= 128 for value in wanted):  # noqa: PLR2004  column width
        raise BadRequest("event_id, type and request_id must be text")
    event_id, event_type, request_id = (str(value) for value in wanted)
    dispute_id = fields.get("dispute_id")
    result = await take_callback(
        context(),
        event_id=event_id,
        event_type=event_type,
        request_id=request_id,
        dispute_id=dispute_id if _is_dispute_id(dispute_id) else None,
        body=raw,
    )
    return json_response({"result": result}, 202 if result == "unknown" else 200)
