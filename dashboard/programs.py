"""
What can be programmed at the bank besides the outcome.  Source: docs/scenarios.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

Document = dict[str, Any]
#: What a gate or fault can be about.
OPERATIONS: Final = (
    "authorise",
    "capture",
    "void",
    "reversal",
    "refund",
    "inquire",
    "cancel",
    "tokenise",
)
#: Name of the scenario in which the bank keeps gates and faults that were set by hand.
BY_HAND: Final = "by-hand"
_STATUS_DEFAULT: Final = 503
_TIMES_MAX: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """
    One control route that takes a JSON document as it is typed; `example` fills the form.
    """

    key: str
    title: str
    hint: str
    method: str
    path: str
    example: str
    reads: bool


PROGRAMS: Final = (
    Program(
        key="scenario",
        title="A scenario of your own",
        hint="Rules that say what happens to which request.",
        method="POST",
        path="/control/scenarios",
        example='{\n  "name": "my-scenario",\n  "description": "Refunds answer 503 once.",\n  "rules": [\n    {"when": {"operation": "refund"}, "then": {"fault": {"kind": "status", "status": 503, "effect": "before"}}, "times": 1}\n  ]\n}',
        reads=False,
    ),
    Program(
        key="accounts",
        title="A payer's account",
        hint="This much money and no more.",
        method="PUT",
        path="/control/accounts",
        example='{"vpa": "poor@bank", "balance": 60000, "currency": "INR"}',
        reads=True,
    ),
    Program(
        key="disputes",
        title="A dispute",
        hint="The payer disputes a captured payment.",
        method="POST",
        path="/control/disputes",
        example='{"payment_reference": "pay_…", "reason": "general"}',
        reads=True,
    ),
    Program(
        key="settlement-faults",
        title="Settlement faults",
        hint="What the bank's statements get wrong.",
        method="PUT",
        path="/control/settlement-faults",
        example='{"faults": []}',
        reads=False,
    ),
)


def fault_of(form: Mapping[str, str]) -> Document:
    """
    The body of `POST /control/faults` from a form.  Raises `ValueError` with a sentence for people.
    """
    kind, _, effect = form.get("fault", "").partition("/")
    if not kind:
        raise ValueError("Choose a fault.")
    times = form.get("times", "").strip() or "1"
    if not (times.isascii() and times.isdigit()) or not 1 <= int(times[:6]) <= _TIMES_MAX:
        raise ValueError(f"times must be a whole number from 1 to {_TIMES_MAX}, found {times!r}.")
    fault: Document = {"kind": kind}
    if effect:
        fault["effect"] = effect
    if kind == "status":
        fault["status"] = _STATUS_DEFAULT
    return {**_when(form), "fault": fault, "times": int(times)}


def gate_of(form: Mapping[str, str]) -> Document:
    """
    The body of `PUT /control/gates/<gate>` from a form.
    """
    at = form.get("at", "")
    return {**_when(form), **({"at": at} if at in ("before", "after") else {})}


def _when(form: Mapping[str, str]) -> Document:
    operation = form.get("operation", "")
    return {"when": {"operation": operation}} if operation in OPERATIONS else {}


def fault_choices(document: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """
    Value and label of every wire fault that the bank lists.
    """
    wire = (document or {}).get("wire")
    return [
        (f"{kind}/{effect}", f"{kind.replace('_', ' ')}, {effect} the effect")
        for kind, effects in (wire.items() if isinstance(wire, Mapping) else ())
        for effect in effects
    ]


def by_hand(scenarios: Iterable[Mapping[str, Any]]) -> tuple[list[Document], list[Document]]:
    """
    Gates that are closed and faults that are set, as the bank keeps them.
    """
    rules = [
        rule for one in scenarios if one.get("name") == BY_HAND for rule in one.get("rules") or []
    ]
    gates, faults = [], []
    for rule in rules:
        then = rule.get("then") or {}
        about = (rule.get("when") or {}).get("operation", "anything")
        if then.get("gate"):
            gates.append(
                {"gate": then["gate"], "about": about, "at": then.get("gate_at", "before")}
            )
        elif then.get("fault"):
            faults.append({"fault": then["fault"], "about": about, "times": rule.get("times")})
    return gates, faults
