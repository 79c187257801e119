"""
Scenarios: named programs of the bank, read from plain data and checked as a whole before anything of them counts.

Format: docs/scenarios.md.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from simulator.domain.faults import CallbackPlan, Effect, WireFault, read_callback, read_fault
from simulator.domain.matching import Condition, read_condition
from simulator.domain.outcomes import OUTCOMES
from simulator.domain.reading import Node, optional
from simulator.domain.settlement import SettlementFault, read_settlement_faults

_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+){0,11}")
#: Longest delay that a program may ask for: 400 days.
_DELAY_MS_MAX: Final = 400 * 86_400_000
_DECLINE_CODES: Final = tuple(code for code in (o.decline_code for o in OUTCOMES.values()) if code)
SUBJECTS: Final = ("instrument", "payment", "bank")


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """
    A change of mind: what the request ends in `after_ms` (bank's clock) after its first answer.  `decline_code` None = the money moves.
    """

    after_ms: int
    decline_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    What one request meets.  Everything is optional; an empty step is the bank's usual behaviour.
    """

    outcome: str | None = None
    delay_ms: tuple[int, int] | None = None
    fault: WireFault | None = None
    gate: str | None = None
    gate_at: str = "before"
    echo: tuple[tuple[str, Any], ...] = ()
    later: Later | None = None
    double_debit: bool = False
    callback: CallbackPlan | None = None


#: The step of a request that no rule is about.
USUAL: Final = Step()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    A condition and its steps.  `times` limits the uses per subject; with a sequence each use takes the next step.
    """

    when: Condition
    steps: tuple[Step, ...]
    per: str
    times: int | None
    priority: int

    def step(self, used: int) -> Step | None:
        """
        The step of use number `used` (from 0), or None when the rule has nothing more to say.
        """
        if self.times is not None and used >= self.times:
            return None
        return self.steps[min(used, len(self.steps) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """
    The bank is away from `from_ms` to `from_ms + for_ms` after the scenario was loaded (bank's clock).
    """

    from_ms: int
    for_ms: int
    fault: WireFault


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """
    At most `requests` in each `per_ms` (bank's clock); the rest is 429.
    """

    requests: int
    per_ms: int
    retry_after_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOpening:
    """
    An account with its opening balance in minor units; `instrument` is a VPA, a bank code or a card number.
    """

    kind: str
    instrument: str
    currency: str
    balance_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """
    A whole program.  `drive` and `consequence` say how a tester shows it and what must then be seen, `covers` which rows of the fault catalogue it is; the bank acts on none of them.
    """

    name: str
    description: str
    rules: tuple[Rule, ...]
    outages: tuple[Outage, ...]
    rate_limit: RateLimit | None
    accounts: tuple[AccountOpening, ...]
    settlement_faults: tuple[SettlementFault, ...]


def read_delay(node: Node) -> tuple[int, int]:
    """
    Milliseconds: a number, or `{min, max}` for seeded jitter.  Raises `BadProgram`.
    """
    if isinstance(node.value, dict):
        members = node.members(("min", "max"), required=("min", "max"))
        low = members["min"].number(most=_DELAY_MS_MAX)
        return low, members["max"].number(least=low, most=_DELAY_MS_MAX)
    fixed = node.number(most=_DELAY_MS_MAX)
    return fixed, fixed


def _later(node: Node) -> Later:
    members = node.members(("after_ms", "decline_code", "approve"), required=("after_ms",))
    if ("decline_code" in members) == ("approve" in members):
        raise node.fail("either approve: true or a decline_code")
    if "approve" in members and not members["approve"].flag():
        raise members["approve"].fail("true")
    code = members["decline_code"].choice(_DECLINE_CODES) if "decline_code" in members else None
    return Later(
        after_ms=members["after_ms"].number(least=1, most=_DELAY_MS_MAX), decline_code=code
    )


def _echo(node: Node) -> tuple[tuple[str, Any], ...]:
    members = node.members(("amount", "currency", "request_id", "status"))
    return tuple((name, item.value) for name, item in members.items())


def read_step(node: Node) -> Step:
    """
    One step.  Raises `BadProgram`.
    """
    members = node.members(
        (
            "outcome",
            "delay_ms",
            "fault",
            "gate",
            "gate_at",
            "echo",
            "later",
            "double_debit",
            "callback",
        )
    )
    if not members:
        raise node.fail(
            "at least one of outcome, delay_ms, fault, gate, echo, later, double_debit, callback"
        )
    return Step(
        outcome=optional(members, "outcome", lambda item: item.choice(OUTCOMES), None),
        delay_ms=optional(members, "delay_ms", read_delay, None),
        fault=optional(members, "fault", read_fault, None),
        gate=optional(members, "gate", lambda item: item.text(most=64), None),
        gate_at=optional(
            members, "gate_at", lambda item: item.choice(("before", "after")), "before"
        ),
        echo=optional(members, "echo", _echo, ()),
        later=optional(members, "later", _later, None),
        double_debit=optional(members, "double_debit", Node.flag, False),
        callback=optional(members, "callback", read_callback, None),
    )


def _rule(node: Node) -> Rule:
    members = node.members(("when", "then", "sequence", "per", "times", "priority"))
    if ("then" in members) == ("sequence" in members):
        raise node.fail("either then or sequence")
    several = members["sequence"].items() if "sequence" in members else [members["then"]]
    if not several:
        raise members["sequence"].fail("a list of at least one step")
    default = len(several) if "sequence" in members else None
    return Rule(
        when=read_condition(members["when"]) if "when" in members else Condition(),
        steps=tuple(map(read_step, several)),
        per=optional(
            members, "per", lambda item: item.choice(SUBJECTS), "instrument" if default else "bank"
        ),
        times=optional(members, "times", lambda item: item.number(least=1), default),
        priority=optional(members, "priority", lambda item: item.number(most=1000), 0),
    )


def _outage(node: Node) -> Outage:
    members = node.members(("from_ms", "for_ms", "fault"), required=("for_ms",))
    fallback = WireFault(kind="status", effect=Effect.BEFORE, status=503)
    return Outage(
        from_ms=optional(members, "from_ms", lambda item: item.number(most=_DELAY_MS_MAX), 0),
        for_ms=members["for_ms"].number(least=1, most=_DELAY_MS_MAX),
        fault=optional(members, "fault", read_fault, fallback),
    )


def _rate_limit(node: Node) -> RateLimit:
    members = node.members(("requests", "per_ms", "retry_after_s"), required=("requests", "per_ms"))
    return RateLimit(
        requests=members["requests"].number(),
        per_ms=members["per_ms"].number(least=1, most=_DELAY_MS_MAX),
        retry_after_s=optional(members, "retry_after_s", lambda item: item.number(most=3600), 1),
    )


def read_account(node: Node) -> AccountOpening:
    """
    An account.  Raises `BadProgram`.
    """
    kinds = ("vpa", "pan", "bank_code")
    members = node.members((*kinds, "currency", "balance"), required=("balance",))
    given = [kind for kind in kinds if kind in members]
    if len(given) != 1:
        raise node.fail("exactly one of vpa, pan, bank_code")
    return AccountOpening(
        kind=given[0],
        instrument=members[given[0]].text(),
        currency=optional(members, "currency", lambda item: item.text(most=3), "INR"),
        balance_minor=members["balance"].number(),
    )


def read_scenario(node: Node) -> Scenario:
    """
    A whole scenario, or nothing of it.  Raises `BadProgram`.
    """
    members = node.members(
        (
            "name",
            "description",
            "rules",
            "outages",
            "rate_limit",
            "accounts",
            "settlement_faults",
            "covers",
            "drive",
            "consequence",
        ),
        required=("name",),
    )
    name = members["name"].text(most=64)
    if _NAME.fullmatch(name) is None:
        raise members["name"].fail("lower-case words joined by hyphens")
    return Scenario(
        name=name,
        description=optional(members, "description", lambda item: item.text(most=2000), ""),
        rules=tuple(map(_rule, members["rules"].items() if "rules" in members else [])),
        outages=tuple(map(_outage, members["outages"].items() if "outages" in members else [])),
        rate_limit=optional(members, "rate_limit", _rate_limit, None),
        accounts=tuple(
            map(read_account, members["accounts"].items() if "accounts" in members else [])
        ),
        settlement_faults=optional(members, "settlement_faults", read_settlement_faults, ()),
    )
