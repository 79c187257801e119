"""
The bank's operations over HTTP (docs/bank-wire.md).
"""

import hmac
from typing import cast

from quart import Blueprint, Response, current_app, request

from simulator.api.requests import (
    parse_authorisation,
    parse_card,
    parse_follow_up,
)
from simulator.book.bank import Bank
from simulator.domain.answers import Refusal
from simulator.domain.outcomes import OUTCOMES, catalogue
from simulator.wire import bank_id, read_object, respond

operations = Blueprint("operations", __name__)
_FOLLOW_UPS = {"captures": "capture", "voids": "void", "reversals": "reversal", "refunds": "refund"}


def bank() -> Bank:
    """
    The running bank.
    """
    return cast("Bank", current_app.config["BANK"])


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
    return respond(bank().tokenise(bank_id(), parse_card(await read_object())), 201)


@operations.post("/v1/authorisations")
async def post_authorisation() -> Response:
    """
    Authorise or sell.
    """
    wanted = parse_authorisation(await read_object())
    return respond(bank().authorise(bank_id(), wanted, _scenario()))


@operations.post("/v1/<any(captures,voids,reversals,refunds):collection>")
async def post_follow_up(collection: str) -> Response:
    """
    Capture, void, reverse or refund.
    """
    wanted = parse_follow_up(_FOLLOW_UPS[collection], await read_object())
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
