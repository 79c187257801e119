"""
How the receiver answers: well, or as it was told to misbehave.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_MEMBERS = {"event", "first", "status", "delay_ms", "hang", "redirect", "close", "body_bytes", "headers", "flap"}  # fmt: skip


class BadRule(ValueError):
    """
    A rule cannot be used; the message says what was expected.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    One way to answer.  `event` None = every event; `first` None = always, N = the first N requests that match; `flap` = statuses in turn.
    """

    event: str | None = None
    first: int | None = None
    status: int = 200
    delay_ms: int = 0
    hang: bool = False
    redirect: str | None = None
    close: bool = False
    body_bytes: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    flap: tuple[int, ...] = ()

    @classmethod
    def parse(cls, fields: object) -> "Rule":
        """
        Build from JSON.  Raises `BadRule`.
        """
        if not isinstance(fields, dict) or not set(fields) <= _MEMBERS:
            raise BadRule(f"a rule is an object with members of {', '.join(sorted(_MEMBERS))}")
        for name in ("first", "status", "delay_ms", "body_bytes"):
            value = fields.get(name)
            if value is not None and (
                not isinstance(value, int) or isinstance(value, bool) or value < 0
            ):
                raise BadRule(f"{name} must be a whole number, found {value!r}")
        flap = fields.get("flap") or []
        if not isinstance(flap, list) or not all(isinstance(s, int) for s in flap):
            raise BadRule("flap must be a list of status codes")
        given: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
        return cls(**{**given, "flap": tuple(flap)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    What to do with one request.
    """

    rule: Rule
    status: int


class Behaviour:
    """
    The rules of each inbox, and how often each matched.
    """

    def __init__(self) -> None:
        self._rules: dict[str | None, list[Rule]] = {}
        self._matches: Counter[tuple[str | None, int, str]] = Counter()

    def set(self, inbox: str | None, rules: list[Rule]) -> None:
        """
        Replace the rules of an inbox (None: of all that have none of their own); counting starts again.
        """
        self._rules[inbox] = rules
        for key in [key for key in self._matches if key[0] == inbox]:
            del self._matches[key]

    def clear(self) -> None:
        """
        Answer well again.
        """
        self._rules.clear()
        self._matches.clear()

    def show(self) -> dict[str, int]:
        """
        How many rules each inbox has.
        """
        return {inbox or "*": len(rules) for inbox, rules in self._rules.items()}

    def plan(self, inbox: str, event: str | None) -> Plan | None:
        """
        The first rule that matches this request, None to answer well.
        """
        owner: str | None = inbox if inbox in self._rules else None
        for index, rule in enumerate(self._rules.get(owner, [])):
            if rule.event is not None and rule.event != event:
                continue
            key = (owner, index, inbox)
            if rule.first is not None and self._matches[key] >= rule.first:
                continue
            self._matches[key] += 1
            status = (
                rule.flap[(self._matches[key] - 1) % len(rule.flap)] if rule.flap else rule.status
            )
            return Plan(rule=rule, status=status)
        return None
