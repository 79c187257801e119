"""
The bank's operations over HTTP (docs/bank-wire.md).
"""

import hmac
import json
from typing import Any, cast

from quart import Blueprint, Response, current_app, request

from simulator.api.requests import (
    BANK_ID,
    parse_authorisation,
    parse_body,
    parse_card,
    parse_follow_up,
)
from simulator.book.bank import Bank
from simulator.domain.answers import Refusal
from simulator.domain.outcomes import OUTCOMES, catalogue

operations = Blueprint("operations", __name__)
_FOLLOW_UPS = {"captures": "capture", "voids": "void", "reversals": "reversal", "refunds": "refund"}


def respond(document: object, status: int = 200) -> Response:
    """
    A document as compact JSON.
    """
    body = json.dumps(document, separators=(",", ":"))
    return Response(body, status, content_type="application/json")


def bank() -> Bank:
    """
    The running bank.
    """
    return cast("Bank", current_app.config["BANK"])


def bank_id() -> str:
    """
    Which isolated bank the request means.  Raises `Refusal`.
    """
    value = request.headers.get("X-Bank-Id", "default")
    if BANK_ID.fullmatch(value) is None:
        raise Refusal(400, "invalid_bank_id", f"X-Bank-Id must match {BANK_ID.pattern}.")
    return value


@operations.before_request
async def check_key() -> None:
    """
    Every operation needs the acquirer's key.  Raises `Refusal`.
    """
    if request.path in ("/health", "/outcomes"):
        return
    key: str = current_app.config["API_KEY"]
    given = request.headers.get("X-Bank-Key", "")
    if not hmac.compare_digest(key.encode(), given.encode("utf-8", "replace")):
        raise Refusal(401, "unauthorised", "X-Bank-Key must be the acquirer's key (BANK_API_KEY).")


async def _fields() -> dict[str, Any]:
    raw = await request.get_data(as_text=False)
    return parse_body(raw if isinstance(raw, bytes) else raw.encode())


def _scenario() -> str | None:
    name = request.headers.get("X-Test-Scenario")
    if name is not None and name not in OUTCOMES:
        raise Refusal(
            400, "scenario_unknown", f"X-Test-Scenario must be one of {', '.join(OUTCOMES)}."
        )
    return name


@operations.get("/health")
async def get_health() -> Response:
    """
    The bank is open.
    """
    return respond({"status": "healthy"})


@operations.get("/outcomes")
async def get_outcomes() -> Response:
    """
    The catalogue of triggers and outcomes.
    """
    return respond(catalogue())


@operations.post("/v1/tokens")
async def post_token() -> Response:
    """
    Put a card into the vault.
    """
    return respond(bank().tokenise(bank_id(), parse_card(await _fields())), 201)


@operations.post("/v1/authorisations")
async def post_authorisation() -> Response:
    """
    Authorise or sell.
    """
    wanted = parse_authorisation(await _fields())
    return respond(bank().authorise(bank_id(), wanted, _scenario()))


@operations.post("/v1/<any(captures,voids,reversals,refunds):collection>")
async def post_follow_up(collection: str) -> Response:
    """
    Capture, void, reverse or refund.
    """
    wanted = parse_follow_up(_FOLLOW_UPS[collection], await _fields())
    return respond(bank().follow_up(bank_id(), wanted))


@operations.get("/v1/requests/<request_id>")
async def get_request(request_id: str) -> Response:
    """
    What became of a request.
    """
    return respond(bank().inquire(bank_id(), request_id))


@operations.post("/v1/requests/<request_id>/cancel")
async def post_cancel(request_id: str) -> Response:
    """
    Make sure that a request never takes effect.
    """
    return respond(bank().cancel(bank_id(), request_id))
