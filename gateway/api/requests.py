"""
Reads requests: credentials, strict JSON, idempotency key, scenario header; and answers with exact bytes.
"""

import re
from typing import Any, Final

import msgspec
from quart import Response, g, request

from gateway.api.state import context, state
from gateway.domain.errors import BadRequest, NotFound, UnsupportedMediaType
from gateway.domain.idempotency import KeyedRequest, fingerprint, parse_key
from gateway.domain.merchant import Principal
from gateway.domain.strict_json import parse_object
from gateway.services.idempotent import Reply
from gateway.services.merchants import authenticate

#: Width of the id columns.
_ID_LENGTH_MAX: Final = 64
_SCENARIO: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")


async def principal() -> Principal:
    """
    The authenticated merchant.  Raises `AuthenticationFailed`.
    """
    who = await authenticate(
        context(), request.headers.getlist("X-Api-Key"), request.headers.getlist("X-Api-Secret")
    )
    g.merchant_id, g.business_at = who.merchant.id, who.now
    return who


async def raw_body() -> bytes:
    """
    The body's bytes as they came.
    """
    raw = await request.get_data(as_text=False)
    g.raw_body = raw if isinstance(raw, bytes) else raw.encode()
    return bytes(g.raw_body)


async def body() -> dict[str, Any]:
    """
    The request's JSON object.  Raises `UnsupportedMediaType`, `PayloadTooLarge`, `BadRequest`.
    """
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType("Send the body without Content-Encoding.")
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    raw = await raw_body()
    if raw and kind != "application/json":
        raise UnsupportedMediaType("Content-Type must be application/json")
    return parse_object(raw)


async def optional_body() -> dict[str, Any]:
    """
    As `body`, where an empty one means `{}`.
    """
    raw = await raw_body()
    return await body() if raw.strip() else {}


def keyed(fields: dict[str, Any]) -> KeyedRequest | None:
    """
    The request's idempotency key with what it is bound to, None without one.  Raises `IdempotencyKeyInvalid`.
    """
    key = parse_key(request.headers.getlist("Idempotency-Key"))
    if key is None:
        return None
    operation = f"{request.method} {request.path.removesuffix('/public')}"[:128]
    return KeyedRequest(key=key, operation=operation, fingerprint=fingerprint(operation, fields))


def scenario() -> str | None:
    """
    The `X-Test-Scenario` header, in test mode.  Raises `BadRequest`.
    """
    value = request.headers.get("X-Test-Scenario")
    if value is None or not state().test_mode:
        return None
    if _SCENARIO.fullmatch(value) is None:
        raise BadRequest(
            "X-Test-Scenario must be the name of an outcome, see GET /outcomes at the bank"
        )
    return value


def identifier(value: str, prefix: str, description: str) -> str:
    """
    A path's id, refused before the database sees it when it cannot be one.  Raises `NotFound`.
    """
    if (
        not value.startswith(prefix)
        or not value.isascii()
        or len(value) > _ID_LENGTH_MAX
        or not value.isprintable()
    ):
        raise NotFound(description)
    return value


def json_response(document: object, status: int = 200) -> Response:
    """
    A document as compact JSON.
    """
    return Response(msgspec.json.encode(document), status, content_type="application/json")


def reply_response(reply: Reply) -> Response:
    """
    Exact bytes, marked when they were stored before.
    """
    response = Response(reply.body, reply.status, content_type="application/json")
    if reply.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    if reply.other_body:
        response.headers["Warning"] = (
            '199 - "this Idempotency-Key was first used with another body; its answer is replayed"'
        )
    return response
