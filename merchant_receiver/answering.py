"""
Carries out what a rule says about the answer.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Final

from quart import Response, request

from merchant_receiver import connection
from merchant_receiver.behaviour import Plan

UNAUTHORISED: Final = 401
#: Longer than any sender waits; the handler ends when the sender leaves.
_HANG_S: Final = 86_400.0
_CHUNK: Final = b"x" * 65_536
#: Answers that HTTP forbids to have a body.
_BODILESS: Final = (204, 304)
_TRUNCATED_LENGTH: Final = 100


def respond(document: object, status: int = 200) -> Response:
    """
    A document as compact JSON.
    """
    body = json.dumps(document, separators=(",", ":"))
    return Response(body, status, content_type="application/json")


def refuse() -> Response:
    """
    The answer to a webhook that is not verified.
    """
    return respond({"error": "signature"}, UNAUTHORISED)


async def answer(plan: Plan | None) -> Response:
    """
    The answer to a verified webhook; may take its time, or end the connection instead.
    """
    if plan is None:
        return respond({"received": True})
    rule, status = plan.rule, plan.status
    if rule.delay_ms:
        await asyncio.sleep(rule.delay_ms / 1000)
    if rule.close or rule.reset:
        connection.end(request.scope, with_reset=rule.reset)
    if rule.hang or rule.close or rule.reset:
        await asyncio.sleep(_HANG_S)
    if rule.truncate:
        return Response(_half(), status, headers={"Content-Length": str(_TRUNCATED_LENGTH)})
    headers = dict(rule.headers)
    if rule.redirect is not None:
        headers["Location"] = rule.redirect
        status = status if 300 <= status < 400 else 302  # noqa: PLR2004  3xx
    if status in _BODILESS:
        return Response(b"", status, headers=headers)
    if not rule.body_bytes:
        return Response(b"{}", status, headers=headers, content_type="application/json")
    headers["Content-Length"] = str(rule.body_bytes)
    response = Response(_bulk(rule.body_bytes), status, headers=headers)
    response.timeout = None
    return response


async def _half() -> AsyncIterator[bytes]:
    """
    Less than the announced length; the server then ends the connection.
    """
    yield b"half"


async def _bulk(size_bytes: int) -> AsyncIterator[bytes]:
    for _ in range(size_bytes // len(_CHUNK)):
        yield _CHUNK
    yield _CHUNK[: size_bytes % len(_CHUNK)]
