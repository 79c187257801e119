"""
Scenarios on and off, gates, faults: what the bank is told to do by hand.
"""

from typing import Any
from urllib.parse import quote

from quart import Blueprint, url_for

from dashboard.frame import act, refuse, send_to_bank
from dashboard.programs import fault_of, gate_of
from dashboard.session import checked_form, logged_in

bank_programs = Blueprint("bank_programs", __name__)


async def _tell(method: str, path: str, body: object, notice: str) -> Any:
    target = url_for("bank_console.show_bank")
    return await act(send_to_bank(method, path, body), notice, target)


def _segment(name: str) -> str:
    return quote(name, safe="")


@bank_programs.post("/dashboard/bank/scenarios/on")
@logged_in
async def load_scenario() -> Any:
    """
    Load a ready scenario.
    """
    name = (await checked_form()).get("name", "")
    return await _tell("POST", "/control/scenarios", {"name": name}, f"{name} is on.")


@bank_programs.post("/dashboard/bank/scenarios/off")
@logged_in
async def unload_scenario() -> Any:
    """
    Forget one scenario, or all when none is named.
    """
    name = (await checked_form()).get("name", "")
    if not name:
        return await _tell("DELETE", "/control/scenarios", None, "All scenarios are off.")
    path = f"/control/scenarios/{_segment(name)}"
    return await _tell("DELETE", path, None, f"{name} is off.")


@bank_programs.post("/dashboard/bank/gates/close")
@logged_in
async def close_gate() -> Any:
    """
    Close a gate: what it is about waits there.
    """
    form = await checked_form()
    gate = form.get("gate", "").strip()
    if not gate:
        return refuse("Give the gate a name.", url_for("bank_console.show_bank"))
    path = f"/control/gates/{_segment(gate)}"
    return await _tell("PUT", path, gate_of(form), f"Gate {gate} is closed.")


@bank_programs.post("/dashboard/bank/gates/release")
@logged_in
async def release_gate() -> Any:
    """
    Let go whoever waits; the gate stays closed for those who come later.
    """
    gate = (await checked_form()).get("gate", "")
    path = f"/control/gates/{_segment(gate)}/release"
    return await _tell("POST", path, {}, f"Released who waited at {gate}.")


@bank_programs.post("/dashboard/bank/gates/open")
@logged_in
async def open_gate() -> Any:
    """
    Forget the gate and let everybody go.
    """
    gate = (await checked_form()).get("gate", "")
    path = f"/control/gates/{_segment(gate)}"
    return await _tell("DELETE", path, None, f"Gate {gate} is open.")


@bank_programs.post("/dashboard/bank/faults/set")
@logged_in
async def set_fault() -> Any:
    """
    Break the next answers.
    """
    form = await checked_form()
    try:
        body = fault_of(form)
    except ValueError as error:
        return refuse(str(error), url_for("bank_console.show_bank"))
    return await _tell("POST", "/control/faults", body, "The fault is set.")


@bank_programs.post("/dashboard/bank/faults/clear")
@logged_in
async def clear_faults() -> Any:
    """
    Forget faults and gates that were set by hand.
    """
    await checked_form()
    return await _tell("DELETE", "/control/faults", None, "Faults and gates are gone.")
