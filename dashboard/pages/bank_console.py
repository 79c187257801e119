"""
The bank console: what the simulated bank would answer, what it was told to do, what it saw.
"""

import asyncio
import json
from collections.abc import Awaitable
from typing import Any, Final

from quart import Blueprint, request, url_for

from dashboard.frame import act, bank, merchant_id, refuse, send_to_bank, show, wanted
from dashboard.gateway import Source
from dashboard.programs import BY_HAND, OPERATIONS, PROGRAMS, by_hand, fault_choices
from dashboard.session import checked_form, logged_in

bank_console = Blueprint("bank_console", __name__)
_LINES: Final = 50
#: Above every line of a journal: newest first from the end.
_NEWEST: Final = 2**31 - 1
_BODY_MAX: Final = 20_000


def _whole(name: str) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0  # noqa: PLR2004  journal numbers are short


async def _reads(ours: str, query: dict[str, str | int]) -> dict[str, Source]:
    """
    Everything that the console shows, asked for at once.
    """
    wishes = {
        "catalogue": ("/outcomes", "The catalogue", None),
        "current": ("/control/outcome", "The programmed outcome", None),
        "journal": ("/control/journal", "The journal", query),
        "library": ("/control/library", "The ready scenarios", None),
        "loaded": ("/control/scenarios", "The scenarios that are on", None),
        "faults": ("/control/faults", "The faults", None),
        "gates": ("/control/gates", "The gates", None),
        **{one.key: (one.path, one.title, None) for one in PROGRAMS if one.reads},
    }
    found = await asyncio.gather(
        *(
            bank().offered(path, what, merchant_id=ours, query=asked)
            for path, what, asked in wishes.values()
        )
    )
    return dict(zip(wishes, found, strict=True))


@bank_console.get("/dashboard/bank")
@logged_in
async def show_bank() -> str:
    """
    Catalogue, scenarios, gates, faults, journal.
    """
    ours = await merchant_id() if bank().is_configured else "default"
    asked = wanted({"kind": OPERATIONS, "request_id_prefix": None})
    before = _whole("before") or _NEWEST
    query: dict[str, str | int] = {"limit": _LINES, "before": before, **asked.filters}
    seen = await _reads(ours, query)
    loaded = (seen["loaded"].document or {}).get("scenarios") or []
    closed, set_faults = by_hand(loaded)
    lines = (seen["journal"].document or {}).get("journal") or []
    return await show(
        "bank.html", configured=bank().is_configured, merchant=ours, seen=seen, lines=lines,
        more=lines[-1]["seq"] if len(lines) == _LINES else None, filters=asked.filters, programs=PROGRAMS, operations=OPERATIONS,
        loaded=[one for one in loaded if one.get("name") != BY_HAND], closed=closed, set_faults=set_faults,
        fault_choices=fault_choices(seen["faults"].document),
    )  # fmt: skip


def _done(action: Awaitable[object], notice: str) -> Awaitable[Any]:
    return act(action, notice, url_for("bank_console.show_bank"))


@bank_console.post("/dashboard/bank/outcome")
@logged_in
async def program_outcome() -> Any:
    """
    How every authorisation of this merchant ends from now on.
    """
    form = await checked_form()
    outcome = form.get("outcome", "") or None
    said = f"Every authorisation ends with {outcome}." if outcome else "Back to the triggers."
    return await _done(send_to_bank("PUT", "/control/outcome", {"outcome": outcome}), said)


@bank_console.post("/dashboard/bank/program/<key>")
@logged_in
async def program(key: str) -> Any:
    """
    Send one program's document as it was typed.
    """
    form = await checked_form()
    target = url_for("bank_console.show_bank")
    found = next((one for one in PROGRAMS if one.key == key), None)
    if found is None:
        return refuse("There is no such program.", target)
    try:
        body = json.loads(form.get("body", "")[:_BODY_MAX] or "{}")
    except (ValueError, RecursionError) as error:
        return refuse(f"That is not JSON: {error}", target)
    return await _done(send_to_bank(found.method, found.path, body), f"{found.title}: done.")


@bank_console.post("/dashboard/bank/reset")
@logged_in
async def reset() -> Any:
    """
    Make this merchant's bank forget everything.
    """
    await checked_form()
    return await _done(
        send_to_bank("POST", "/control/reset", {}), "The bank has forgotten everything."
    )
