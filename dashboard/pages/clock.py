"""
The clock console: freeze, set, advance, step to the next due instant.
"""

from typing import Any, Final

from quart import Blueprint, url_for

from dashboard.frame import act, announce, back, bank, gateway, refuse, settings, show
from dashboard.gateway import said
from dashboard.session import checked_form, logged_in
from dashboard.stepping import standing, step
from sdk.python.errors import GatewayError

clock = Blueprint("clock", __name__)
MODES: Final = ("real", "frozen", "auto")


@clock.get("/dashboard/clock")
@logged_in
async def show_clock() -> str:
    """
    Where the clock stands and who waits for what.
    """
    now = await standing(gateway(), bank(), settings().receiver_url)
    return await show("clock.html", standing=now)


@clock.post("/dashboard/clock/mode")
@logged_in
async def set_mode() -> Any:
    """
    Real, frozen or auto; a frozen clock may be set to an instant.
    """
    form = await checked_form()
    target = back(form, url_for("clock.show_clock"))
    mode, at = form.get("mode", ""), form.get("now", "").strip()
    if mode not in MODES:
        return refuse(f"mode must be one of {', '.join(MODES)}.", target)
    fields = {"mode": mode, "now": at} if at else {"mode": mode}
    return await act(gateway().move_clock(**fields), f"The clock is {mode}.", target)


@clock.post("/dashboard/clock/advance")
@logged_in
async def advance() -> Any:
    """
    Move the frozen clock; answers when everything due has settled.
    """
    form = await checked_form()
    by = form.get("by", "").strip()
    target = back(form, url_for("clock.show_clock"))
    return await act(gateway().move_clock(advance=by), f"Advanced by {by}.", target)


@clock.post("/dashboard/clock/step")
@logged_in
async def step_once() -> Any:
    """
    Move to the next due instant.
    """
    form = await checked_form()
    target = back(form, url_for("clock.show_clock"))
    try:
        return announce(await step(gateway()), target)
    except GatewayError as error:
        return refuse(said(error), target)
