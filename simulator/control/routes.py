"""
The control API: nothing here is for acquirers.
"""

from typing import Any, cast

from quart import Blueprint, Response, current_app, request

from simulator.book.callbacks import CallbackBook, parse_instant
from simulator.book.journal import Journal
from simulator.book.programs import Programs
from simulator.clock import FollowerClock
from simulator.control.sending import CallbackSender
from simulator.domain.answers import Refusal, format_instant
from simulator.domain.expectation import read_expectation
from simulator.domain.outcomes import OUTCOMES
from simulator.domain.reading import NUMBER_MAX, Node
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


def _number(name: str, default: str, most: int) -> int:
    raw = request.args.get(name, default)
    if not (raw.isascii() and raw.isdigit()) or int(raw) > most:
        raise Refusal(400, "invalid_request", f"{name} must be a whole number up to {most}.")
    return int(raw)


@control.get("/journal")
async def get_journal() -> Response:
    """
    What this bank saw, oldest first: `kind`, `request_id`, `request_id_prefix`, `after`, `before` (newest first then), `limit`.
    """
    lines = _journal().lines(
        bank_id(),
        kind=request.args.get("kind"),
        request_id=request.args.get("request_id"),
        prefix=request.args.get("request_id_prefix"),
        after=_number("after", "0", NUMBER_MAX),
        before=_number("before", "0", NUMBER_MAX) or None,
        limit=_number("limit", "1000", _LIMIT_MAX),
    )
    return respond({"journal": lines})


@control.post("/journal/verify")
async def post_verification() -> Response:
    """
    `{"expect": [{member: value or glob}], "mode": "exact" | "in_order" | "any_order"}`: 200 when the journal is so, 409 with the first difference.
    """
    members = Node(await read_object()).members(("expect", "mode", "kinds"), required=("expect",))
    wanted = read_expectation(members)
    difference = wanted.difference(_journal().lines(bank_id(), after=0, limit=_LIMIT_MAX))
    if difference is not None:
        return respond({"verified": False, "difference": difference}, 409)
    return respond({"verified": True, "difference": None})


@control.get("/entries")
async def get_entries() -> Response:
    """
    The book of one bank.
    """
    return respond({"entries": _journal().entries(bank_id())})


@control.get("/callbacks")
async def get_callbacks() -> Response:
    """
    Every callback of one bank: owed, sent, withdrawn.
    """
    return respond({"callbacks": cast("CallbackBook", _part("CALLBACKS")).listed(bank_id())})


@control.get("/outcome")
async def get_outcome() -> Response:
    """
    How every authorisation of this bank ends, or null.
    """
    return respond({"outcome": _journal().programmed(bank_id())})


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
    cast("Programs", _part("PROGRAMS")).forget(bank_id())
    return respond({"reset": True})
