"""
The control API: nothing here is for acquirers.
"""

from typing import Any, cast

from quart import Blueprint, Response, current_app, request

from simulator.book.callbacks import CallbackBook, parse_instant
from simulator.book.journal import Journal
from simulator.clock import FollowerClock
from simulator.control.sending import CallbackSender
from simulator.domain.answers import Refusal, format_instant
from simulator.domain.outcomes import OUTCOMES
from simulator.wire import bank_id, read_object, respond

control = Blueprint("control", __name__, url_prefix="/control")
_LIMIT_MAX = 10_000


def _part(name: str) -> Any:
    return current_app.config[name]


def _journal() -> Journal:
    return cast("Journal", _part("JOURNAL"))


def _clock_document() -> Response:
    clock = cast("FollowerClock", _part("CLOCK"))
    callbacks = cast("CallbackBook", _part("CALLBACKS"))
    sender = cast("CallbackSender", _part("SENDER"))
    return respond(
        {
            "mode": clock.mode,
            "now": format_instant(clock.now()),
            "next_due_at": callbacks.next_due_at(),
            "idle": sender.is_idle,
        }
    )


@control.get("/clock")
async def get_clock() -> Response:
    """
    The bank's clock and its next timer.
    """
    return _clock_document()


@control.put("/clock")
async def put_clock() -> Response:
    """
    Follow somebody's clock.
    """
    fields = await read_object()
    clock = cast("FollowerClock", _part("CLOCK"))
    try:
        at = None if fields.get("mode") == "real" else parse_instant(str(fields.get("now")))
        clock.follow(at, held=fields.get("hold") is True)
    except ValueError as error:
        raise Refusal(
            400,
            "invalid_request",
            'Expected {"mode": "real"} or {"mode": "frozen", "now": <instant>}.',
        ) from error
    cast("CallbackSender", _part("SENDER")).wake()
    return _clock_document()


@control.get("/journal")
async def get_journal() -> Response:
    """
    What this bank saw: `kind`, `after` (sequence number), `limit`.
    """
    after, limit = request.args.get("after", "0"), request.args.get("limit", "1000")
    if not (after.isdigit() and limit.isdigit() and 0 < int(limit) <= _LIMIT_MAX):
        raise Refusal(
            400,
            "invalid_request",
            f"after and limit must be whole numbers, limit from 1 to {_LIMIT_MAX}.",
        )
    lines = _journal().lines(
        bank_id(), kind=request.args.get("kind"), after=int(after), limit=int(limit)
    )
    return respond({"journal": lines})


@control.get("/entries")
async def get_entries() -> Response:
    """
    The book of one bank.
    """
    return respond({"entries": _journal().entries(bank_id())})


@control.put("/outcome")
async def put_outcome() -> Response:
    """
    `{"outcome": name or null}`: how every authorisation of this bank ends.
    """
    outcome = (await read_object()).get("outcome")
    if not _journal().program(bank_id(), outcome):
        raise Refusal(
            400, "outcome_unknown", f"outcome must be null or one of {', '.join(OUTCOMES)}."
        )
    return respond({"outcome": outcome})


@control.post("/reset")
async def post_reset() -> Response:
    """
    Forget everything about this bank.
    """
    _journal().reset(bank_id())
    return respond({"reset": True})
