"""
The bank's operations over HTTP (docs/bank-wire.md).
"""

import hmac
import sqlite3
from typing import cast

from quart import Blueprint, Response, current_app, request

from simulator.api.meeting import known_as, meet
from simulator.api.requests import parse_authorisation, parse_card, parse_follow_up
from simulator.book.bank import Bank
from simulator.book.disputes import Disputes
from simulator.book.follow_ups import FollowUps
from simulator.book.records import Records
from simulator.book.statement import StatementBook
from simulator.domain.answers import Refusal
from simulator.domain.matching import Facts
from simulator.domain.outcomes import OUTCOMES, catalogue
from simulator.domain.settlement import as_csv, is_day
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
    card = parse_card(await read_object())
    facts: Facts = {"operation": "tokenise", "last4": card["pan"][-4:]}
    return await meet(facts, lambda _: bank().tokenise(bank_id(), card), 201)


@operations.post("/v1/authorisations")
async def post_authorisation() -> Response:
    """
    Authorise or sell.
    """
    wanted, header, owner = parse_authorisation(await read_object()), _scenario(), bank_id()
    facts = {**bank().facts(owner, wanted), "known": _row(wanted.request_id) is not None}
    return await meet(facts, lambda step: bank().authorise(owner, wanted, header, step))


@operations.post("/v1/<any(captures,voids,reversals,refunds):collection>")
async def post_follow_up(collection: str) -> Response:
    """
    Capture, void, reverse or refund.
    """
    wanted, owner = parse_follow_up(_FOLLOW_UPS[collection], await read_object()), bank_id()
    follow_ups = cast("FollowUps", current_app.config["FOLLOW_UPS"])
    facts = {**follow_ups.facts(owner, wanted), "known": _row(wanted.request_id) is not None}
    return await meet(facts, lambda step: follow_ups.apply(owner, wanted, step))


def _row(request_id: str) -> sqlite3.Row | None:
    records = cast("Records", current_app.config["RECORDS"])
    return records.row(bank_id(), request_id)


@operations.get("/v1/requests/<request_id>")
async def get_request(request_id: str) -> Response:
    """
    What became of a request.
    """
    owner = bank_id()
    facts = {"operation": "inquire", "request_id": request_id, **known_as(_row(request_id))}
    return await meet(facts, lambda _: bank().inquire(owner, request_id))


@operations.post("/v1/requests/<request_id>/cancel")
async def post_cancel(request_id: str) -> Response:
    """
    Make sure that a request never takes effect.
    """
    owner = bank_id()
    facts = {"operation": "cancel", "request_id": request_id, **known_as(_row(request_id))}
    return await meet(facts, lambda _: bank().cancel(owner, request_id))


@operations.get("/v1/disputes/<dispute_id>")
async def get_dispute(dispute_id: str) -> Response:
    """
    A dispute as it stands now.
    """
    disputes = cast("Disputes", current_app.config["DISPUTES"])
    return respond(disputes.find(bank_id(), dispute_id))


@operations.get("/v1/statements/<day>")
async def get_statement(day: str) -> Response:
    """
    The settlement file of a day (YYYY-MM-DD, UTC, on the bank's clock); `format` json or csv.
    """
    form = request.args.get("format", "json")
    if not is_day(day) or form not in ("json", "csv"):
        raise Refusal(400, "invalid_request", "The day must be YYYY-MM-DD, format json or csv.")
    lines = cast("StatementBook", current_app.config["STATEMENTS"]).lines(bank_id(), day)
    if form == "csv":
        return Response(as_csv(lines), content_type="text/csv; charset=utf-8")
    return respond({"date": day, "lines": [line.document() for line in lines]})
