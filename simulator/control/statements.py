"""
The control API of statements: what moved on a day, and what to get wrong about it.
"""

from datetime import date
from typing import cast

from quart import Blueprint, Response, current_app, request

from simulator.book.statement import StatementBook
from simulator.domain.answers import Refusal
from simulator.domain.settlement import as_csv, parse_faults
from simulator.wire import bank_id, read_object, respond

statements = Blueprint("statements", __name__, url_prefix="/control")


def _book() -> StatementBook:
    return cast("StatementBook", current_app.config["STATEMENTS"])


@statements.get("/statement")
async def get_statement() -> Response:
    """
    The settlement file of `date` (YYYY-MM-DD, UTC day of the bank's clock); `format` json or csv.
    """
    raw, form = request.args.get("date", ""), request.args.get("format", "json")
    try:
        day = date.fromisoformat(raw).isoformat()
    except ValueError:
        day = ""
    if day != raw or not day or form not in ("json", "csv"):
        raise Refusal(400, "invalid_request", "date must be YYYY-MM-DD, format json or csv.")
    lines = _book().lines(bank_id(), day)
    if form == "csv":
        return Response(as_csv(lines), content_type="text/csv; charset=utf-8")
    return respond({"date": day, "lines": [line.document() for line in lines]})


@statements.put("/settlement-faults")
async def put_settlement_faults() -> Response:
    """
    `{"faults": [{kind, request_id, amount?}]}` replaces what this bank's statements get wrong.
    """
    faults = parse_faults((await read_object()).get("faults"))
    _book().program(bank_id(), faults)
    return respond({"count": len(faults)})
