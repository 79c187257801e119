"""
Rubrics: how many marks each part of a report is worth.  Marks are a view of the verdicts; they never change them.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from conformance.harness.verdict import Graded, Keyword, Verdict

_HOLDS: Final = frozenset({Verdict.PASS, Verdict.DIALECT})
_PART_MEMBERS: Final = {"name", "marks", "requirements"}


class BadRubric(ValueError):
    """
    A rubric cannot be used; the message names file, part and what was expected.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """
    One part: its marks, and patterns such as `PGC-REF-*` of the requirements that earn them.
    """

    name: str
    marks: int
    patterns: tuple[str, ...]

    def covers(self, requirement_id: str) -> bool:
        """
        Whether the requirement belongs to this part.
        """
        return any(fnmatchcase(requirement_id, pattern) for pattern in self.patterns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """
    A checked rubric.  `weights` says how much a requirement of each keyword weighs inside its part.
    """

    name: str
    parts: tuple[Part, ...]
    weights: dict[Keyword, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartMarks:
    """
    What a part earned.  Untested is not earned; what does not apply is left out.  `tenths` is in tenths of a mark, rounded down.
    """

    name: str
    tenths: int
    of: int
    held: int
    counted: int
    not_looked_at: int

    @property
    def text(self) -> str:
        """
        Such as `37.5`.
        """
        return f"{self.tenths // 10}.{self.tenths % 10}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """
    The marks of a run.
    """

    rubric: str
    parts: tuple[PartMarks, ...]
    uncovered: tuple[str, ...]

    @property
    def text(self) -> str:
        """
        The sum, such as `81.3`.
        """
        tenths = sum(part.tenths for part in self.parts)
        return f"{tenths // 10}.{tenths % 10}"

    @property
    def of(self) -> int:
        """
        Marks that could be had.
        """
        return sum(part.of for part in self.parts)

    def document(self) -> dict[str, Any]:
        """
        For the reports.
        """
        return {
            "rubric": self.rubric,
            "marks": self.text,
            "of": self.of,
            "parts": [
                {
                    "name": part.name,
                    "marks": part.text,
                    "of": part.of,
                    "held": part.held,
                    "counted": part.counted,
                    "not_looked_at": part.not_looked_at,
                }
                for part in self.parts
            ],
            "uncovered": list(self.uncovered),
        }


def award(rubric: Rubric, graded: Iterable[Graded]) -> Marks:
    """
    The marks.  Full marks need every requirement of the part to hold.
    """
    everything = [item for item in graded if item.verdict is not Verdict.NOT_APPLICABLE]
    uncovered = sorted(
        item.requirement_id
        for item in everything
        if not any(part.covers(item.requirement_id) for part in rubric.parts)
    )
    parts = tuple(
        _part(rubric, part, [item for item in everything if part.covers(item.requirement_id)])
        for part in rubric.parts
    )
    return Marks(rubric=rubric.name, parts=parts, uncovered=tuple(uncovered))


def _part(rubric: Rubric, part: Part, found: list[Graded]) -> PartMarks:
    counted = [item for item in found if rubric.weights[item.keyword]]
    held = [item for item in counted if item.verdict in _HOLDS]
    total = sum(rubric.weights[item.keyword] for item in counted)
    earned = sum(rubric.weights[item.keyword] for item in held)
    share = Fraction(earned, total) if total else Fraction(0)
    return PartMarks(
        name=part.name,
        tenths=int(share * part.marks * 10),
        of=part.marks,
        held=len(held),
        counted=len(counted),
        not_looked_at=sum(
            item.verdict in (Verdict.UNTESTED, Verdict.BLOCKED, Verdict.ERROR) for item in counted
        ),
    )


def _text_of(name: str) -> tuple[str, str]:
    own = Path(name)
    ready = files("conformance") / "profiles" / "rubrics" / f"{name}.toml"
    try:
        if own.suffix == ".toml":
            return own.read_text(encoding="utf-8"), name
        if ready.is_file():
            return ready.read_text(encoding="utf-8"), f"{name}.toml"
    except OSError as error:
        raise BadRubric(f"{name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadRubric(f"{name} is not UTF-8: {error}") from error
    raise BadRubric(
        f"There is no rubric {name!r}; give the path of a .toml file, or `forty-thirty`"
    )


def load_rubric(name: str) -> Rubric:
    """
    A ready rubric by name, or one of your own by path.  Raises `BadRubric`.
    """
    text, where = _text_of(name)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRubric(f"{where} is not TOML: {error}") from error
    strange = sorted(set(data) - {"name", "weights", "part"})
    if strange or not isinstance(data.get("part"), list) or not data["part"]:
        raise BadRubric(
            f"{where}: expected name, [weights] and one [[part]] or more, found {', '.join(strange) or 'no part'}"
        )
    parts = tuple(_read_part(raw, f"{where}, part {n}") for n, raw in enumerate(data["part"], 1))
    return Rubric(
        name=str(data.get("name", Path(name).stem)), parts=parts, weights=_weights(data, where)
    )


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _weights(data: dict[str, Any], where: str) -> dict[Keyword, int]:
    raw = {"MUST": 2, "SHOULD": 1, "MAY": 0, **data.get("weights", {})}
    if set(raw) != {keyword.value for keyword in Keyword} or not all(map(_is_count, raw.values())):
        raise BadRubric(f"{where}: [weights] takes MUST, SHOULD and MAY, whole numbers from 0")
    return {keyword: raw[keyword.value] for keyword in Keyword}


def _read_part(raw: Any, where: str) -> Part:
    if not isinstance(raw, dict) or set(raw) != _PART_MEMBERS:
        raise BadRubric(f"{where}: expected {', '.join(sorted(_PART_MEMBERS))}")
    patterns = raw["requirements"]
    if not isinstance(patterns, list) or not all(
        isinstance(pattern, str) and pattern.startswith("PGC-") for pattern in patterns
    ):
        raise BadRubric(f"{where}: requirements must be a list of patterns such as PGC-REF-*")
    if not _is_count(raw["marks"]):
        raise BadRubric(f"{where}: marks must be a whole number, found {raw['marks']!r}")
    return Part(name=str(raw["name"]), marks=raw["marks"], patterns=tuple(patterns))
