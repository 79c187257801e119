"""
HTTP bits that the bank's wire and its control API share: reading JSON objects, naming the bank, answering.
"""

import asyncio
import json
import re
from contextvars import ContextVar
from typing import Any, Final

from quart import Response, request

from simulator.domain.answers import Refusal

#: The connection that the running request came by; the server sets it when it accepts.
CONNECTION: ContextVar[asyncio.StreamWriter] = ContextVar("connection")
BANK_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def connection() -> asyncio.StreamWriter:
    """
    The connection of the running request, for faults that break HTTP itself.
    """
    return CONNECTION.get()


def respond(document: object, status: int = 200) -> Response:
    """
    A document as compact JSON.
    """
    body = json.dumps(document, separators=(",", ":"))
    return Response(body, status, content_type="application/json")


def bank_id() -> str:
    """
    Which isolated bank the request means.  Raises `Refusal`.
    """
    value = request.headers.get("X-Bank-Id", "default")
    if BANK_ID.fullmatch(value) is None:
        raise Refusal(400, "invalid_bank_id", f"X-Bank-Id must match {BANK_ID.pattern}.")
    return value


async def read_object() -> dict[str, Any]:
    """
    The body's JSON object.  Raises `Refusal`.
    """
    try:
        document = json.loads(await request.get_data(as_text=False))
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "invalid_request", "The body must be a JSON object.") from error
    if not isinstance(document, dict):
        raise Refusal(400, "invalid_request", "The body must be a JSON object.")
    return document
