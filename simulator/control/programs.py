"""
The control API of programs: scenarios, faults, gates, and the closed door.
"""

from collections.abc import Callable
from typing import Any, Final, cast

from quart import Blueprint, Response, current_app, request

from simulator.book.gates import Gates
from simulator.book.programs import BY_HAND, Programs
from simulator.control.documents import read_documents
from simulator.control.library import library
from simulator.domain.answers import Refusal
from simulator.domain.faults import CALLBACK_FAULTS, WIRE_FAULTS
from simulator.domain.reading import Node
from simulator.wire import bank_id, read_object, respond

programs = Blueprint("programs", __name__, url_prefix="/control")
_WAIT_MS_MAX: Final = 30_000
_REFUSE_MS_MAX: Final = 60_000


def _programs() -> Programs:
    return cast("Programs", current_app.config["PROGRAMS"])


def _gates() -> Gates:
    return cast("Gates", current_app.config["GATES"])


@programs.get("/library")
async def get_library() -> Response:
    """
    The ready scenarios.
    """
    return respond({"scenarios": list(library().values())})


@programs.get("/faults")
async def get_faults() -> Response:
    """
    The faults that a step can ask for.
    """
    wire = {kind: [effect.value for effect in effects] for kind, effects in WIRE_FAULTS.items()}
    return respond({"wire": wire, "callback": list(CALLBACK_FAULTS)})


@programs.get("/scenarios")
async def get_scenarios() -> Response:
    """
    What is loaded, in the order in which it is asked.
    """
    return respond({"scenarios": _programs().documents(bank_id())})


def _known(name: object) -> Any:
    found = library().get(name) if isinstance(name, str) else None
    if found is None:
        raise Refusal(404, "not_found", f"No ready scenario {name!r}; GET /control/library lists them.")  # fmt: skip
    return found


@programs.post("/scenarios")
async def post_scenarios() -> Response:
    """
    Load scenarios: YAML (`Content-Type: application/yaml`, `X-File` names it in errors), `{"name": ready one}`, or a scenario as JSON.
    """
    if request.mimetype in ("application/yaml", "application/x-yaml", "text/yaml"):
        raw = cast("bytes", await request.get_data(as_text=False))
        text = raw.decode("utf-8", "replace")
        file = request.headers.get("X-File", "scenario.yml")
        documents = [document.data for document in read_documents(text, file=file)]
    else:
        fields = await read_object()
        documents = [_known(fields["name"])] if set(fields) == {"name"} else [fields]
    return respond({"loaded": _programs().load(bank_id(), documents)}, 201)


@programs.delete("/scenarios")
async def delete_scenarios() -> Response:
    """
    Forget all programs.
    """
    return respond({"removed": _programs().unload(bank_id(), None)})


@programs.delete("/scenarios/<name>")
async def delete_scenario(name: str) -> Response:
    """
    Forget one scenario.
    """
    removed = _programs().unload(bank_id(), name)
    if removed == 0:
        raise Refusal(404, "not_found", f"No scenario {name!r} is loaded.")
    return respond({"removed": removed})


@programs.post("/faults")
async def post_fault() -> Response:
    """
    `{when?, fault, times?}`: break the next answers (once, unless told otherwise).
    """
    members = Node(await read_object()).members(("when", "fault", "times"), required=("fault",))
    rule: dict[str, Any] = {"then": {"fault": members["fault"].value}, "per": "bank", "times": 1}
    rule |= {name: members[name].value for name in ("when", "times") if name in members}
    return respond({"rules": _programs().add_by_hand(bank_id(), rule)}, 201)


@programs.delete("/faults")
async def delete_faults() -> Response:
    """
    Forget the faults and gates that were set by hand.
    """
    return respond({"removed": _programs().unload(bank_id(), BY_HAND)})


@programs.put("/gates/<gate>")
async def put_gate(gate: str) -> Response:
    """
    `{when?, at?}`: close a gate; what `when` is about waits there, before its effect or after.
    """
    members = Node(await read_object()).members(("when", "at"))
    step: dict[str, Any] = {"gate": gate}
    if "at" in members:
        step["gate_at"] = members["at"].value
    rule = {"then": step} | ({"when": members["when"].value} if "when" in members else {})
    return respond({"rules": _programs().add_by_hand(bank_id(), rule)}, 201)


def _number(name: str, default: int, most: int) -> int:
    raw = request.args.get(name, str(default))
    if not (raw.isascii() and raw.isdigit()) or int(raw) > most:
        raise Refusal(400, "invalid_request", f"{name} must be a whole number from 0 to {most}.")
    return int(raw)


@programs.get("/gates")
async def get_gates() -> Response:
    """
    Who waits at which gate.
    """
    return respond({"waiting": _gates().listed(bank_id())})


@programs.get("/gates/<gate>")
async def get_gate(gate: str) -> Response:
    """
    Who waits at one gate; answers as soon as `count` wait there, or after `within_ms`.
    """
    count, within_ms = _number("count", 0, 1000), _number("within_ms", 0, _WAIT_MS_MAX)
    waiting = await _gates().until(bank_id(), gate, count=count, within_s=within_ms / 1000)
    return respond({"waiting": waiting, "complete": len(waiting) >= count})


@programs.post("/gates/<gate>/release")
async def post_release(gate: str) -> Response:
    """
    `{}` lets everybody go together, `{"count": n}` the first n, `{"order": [request ids]}` these, one after the other.
    """
    members = Node(await read_object()).members(("count", "order"))
    order = [item.text() for item in members["order"].items()] if "order" in members else None
    count = members["count"].number() if "count" in members else None
    return respond({"released": _gates().release(bank_id(), gate, order=order, count=count)})


@programs.delete("/gates/<gate>")
async def delete_gate(gate: str) -> Response:
    """
    Open a gate for good: forget it, and let everybody go.
    """
    _programs().open_gate(bank_id(), gate)
    return respond({"released": _gates().release(bank_id(), gate, order=None, count=None)})


@programs.post("/refuse")
async def post_refuse() -> Response:
    """
    `{"for_ms": real milliseconds}`: close the door; connections to this bank, control included, are refused until then.
    """
    members = Node(await read_object()).members(("for_ms",), required=("for_ms",))
    for_ms = members["for_ms"].number(least=1, most=_REFUSE_MS_MAX)
    cast("Callable[[float], None]", current_app.config["REFUSE"])(for_ms / 1000)
    return respond({"refusing_for_ms": for_ms})
