"""
How the receiver answers verified webhooks: well, or as it was told to misbehave.  A webhook that is not verified gets its 401, whatever the rules say.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final

#: Statuses that end an exchange; below are interim answers.
_STATUS_MIN: Final = 200
_STATUS_MAX: Final = 599
#: Real time; longer is what `hang` is for.
_DELAY_MS_MAX: Final = 600_000
#: The body is streamed, so this much takes no memory.
_BODY_BYTES_MAX: Final = 1 << 30
_FIRST_MAX: Final = 1_000_000


class BadRule(ValueError):
    """
    A rule cannot be used; the message says what was expected.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    One way to answer.  `event` None = every event, `payment.*` = several; `first` None = always, N = the first N requests that match.

    `flap`: statuses in turn; `hang`: no answer until the sender leaves; `close`: the connection ends without an answer; `reset`: so, with a reset;
    `truncate`: the connection ends in the middle of the answer's body.  The webhook is processed before any of these.
    """

    event: str | None = None
    first: int | None = None
    status: int = 200
    delay_ms: int = 0
    hang: bool = False
    redirect: str | None = None
    close: bool = False
    reset: bool = False
    truncate: bool = False
    body_bytes: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    flap: tuple[int, ...] = ()

    @classmethod
    def parse(cls, fields: object) -> "Rule":
        """
        Build from JSON.  Raises `BadRule`.
        """
        if not isinstance(fields, dict) or not set(fields) <= set(_MEMBERS):
            raise BadRule(f"a rule is an object with members of {', '.join(sorted(_MEMBERS))}")
        given: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
        for name, value in given.items():
            is_right, expected = _MEMBERS[name]
            if not is_right(value):
                raise BadRule(f"{name} must be {expected}, found {value!r:.80}")
        return cls(**{**given, "flap": tuple(given.get("flap", ()))})

    def document(self) -> dict[str, Any]:
        """
        The members that differ from the defaults.
        """
        usual = asdict(Rule())
        return {name: value for name, value in asdict(self).items() if value != usual[name]}


def _whole(least: int, most: int) -> Callable[[object], bool]:
    return lambda value: type(value) is int and least <= value <= most


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_text(value: object) -> bool:
    """
    What can stand in a header.
    """
    return isinstance(value, str) and value != "" and value.isascii() and value.isprintable()


def _is_status(value: object) -> bool:
    return _whole(_STATUS_MIN, _STATUS_MAX)(value)


def _is_flap(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_status, value))


def _is_headers(value: object) -> bool:
    return isinstance(value, dict) and all(
        _is_text(name) and name.replace("-", "").isalnum() and _is_text(text)
        for name, text in value.items()
    )


_MEMBERS: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "event": (lambda value: isinstance(value, str) and bool(value), "an event's name, or a pattern such as payment.*"),
    "first": (_whole(1, _FIRST_MAX), f"a whole number from 1 to {_FIRST_MAX}"),
    "status": (_is_status, f"a whole number from {_STATUS_MIN} to {_STATUS_MAX}"),
    "delay_ms": (_whole(0, _DELAY_MS_MAX), f"a whole number from 0 to {_DELAY_MS_MAX}"),
    "hang": (_is_flag, "true or false"),
    "redirect": (_is_text, "the URL for the Location header"),
    "close": (_is_flag, "true or false"),
    "reset": (_is_flag, "true or false"),
    "truncate": (_is_flag, "true or false"),
    "body_bytes": (_whole(0, _BODY_BYTES_MAX), f"a whole number from 0 to {_BODY_BYTES_MAX}"),
    "headers": (_is_headers, "an object of header names and printable ASCII values"),
    "flap": (_is_flap, f"a list of statuses from {_STATUS_MIN} to {_STATUS_MAX}"),
}  # fmt: skip


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

    def counts(self) -> dict[str, int]:
        """
        How many rules each inbox has; `*` stands for those without rules of their own.
        """
        return {inbox or "*": len(rules) for inbox, rules in self._rules.items()}

    def show(self) -> dict[str, list[dict[str, Any]]]:
        """
        The rules of each inbox, each with how often it `matched` so far.
        """
        return {
            inbox or "*": [
                {**rule.document(), "matched": self._matched(inbox, index)}
                for index, rule in enumerate(rules)
            ]
            for inbox, rules in self._rules.items()
        }

    def _matched(self, owner: str | None, index: int) -> int:
        return sum(n for key, n in self._matches.items() if key[:2] == (owner, index))

    def plan(self, inbox: str, event: str | None) -> Plan | None:
        """
        The first rule that matches this request, None to answer well.
        """
        owner: str | None = inbox if inbox in self._rules else None
        for index, rule in enumerate(self._rules.get(owner, [])):
            if rule.event is not None and not fnmatchcase(event or "", rule.event):
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
