"""
Assertions about the journal: which lines must be there, and what the first difference is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from simulator.domain.reading import Node, optional

MODES: Final = ("exact", "in_order", "any_order")
Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """
    Expected lines, each by the members that matter.  `exact`: these and no others; `in_order`: these, in this order, among others.

    `kinds` narrows the journal to some kinds first, so that `exact` need not speak of inquiries.
    """

    lines: tuple[Line, ...]
    mode: str
    kinds: tuple[str, ...]

    def difference(self, journal: Sequence[Line]) -> str | None:
        """
        One sentence about the first difference, or None when the journal is as expected.
        """
        found = [line for line in journal if not self.kinds or line["kind"] in self.kinds]
        if self.mode == "exact":
            return self._exact(found)
        rest = list(found)
        for number, wanted in enumerate(self.lines):
            index = next((i for i, line in enumerate(rest) if _is_like(line, wanted)), None)
            if index is None:
                after = " after the lines before it" if self.mode == "in_order" and number else ""
                return f"expect[{number}] {dict(wanted)} is not in the journal{after}"
            rest = (
                rest[index + 1 :] if self.mode == "in_order" else rest[:index] + rest[index + 1 :]
            )
        return None

    def _exact(self, found: Sequence[Line]) -> str | None:
        for number, (wanted, line) in enumerate(zip(self.lines, found, strict=False)):
            if not _is_like(line, wanted):
                wrong = {name: line.get(name) for name in wanted}
                return f"expect[{number}] is {dict(wanted)}, the journal has {wrong} (seq {line['seq']})"
        if len(self.lines) != len(found):
            return f"{len(self.lines)} lines were expected, the journal has {len(found)}"
        return None


def _is_like(line: Line, wanted: Line) -> bool:
    return all(
        fnmatchcase(str(line.get(name)), value)
        if isinstance(value, str)
        else line.get(name) == value
        for name, value in wanted.items()
    )


def read_expectation(members: dict[str, Node]) -> Expectation:
    """
    An expectation from the members `expect`, `mode`, `kinds`.  Raises `BadProgram`.
    """
    lines = members["expect"].items()
    for line in lines:
        if not isinstance(line.value, dict) or not line.value:
            raise line.fail("a mapping of members of a journal line")
    kinds = members["kinds"].items() if "kinds" in members else []
    return Expectation(
        lines=tuple(line.value for line in lines),
        mode=optional(members, "mode", lambda node: node.choice(MODES), "in_order"),
        kinds=tuple(kind.text() for kind in kinds),
    )
