"""
`@requirement`: binds a case to the sentence it checks.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from conformance.harness.verdict import Keyword, Level

_ID: Final = re.compile(r"PGC-[A-Z]{3}-\d{3}")
_KEYWORDS: Final = re.compile(r"\b(MUST NOT|MUST|SHOULD NOT|SHOULD|MAY)\b")
Case = TypeVar("Case", bound=Callable[..., Any])


class BadRequirement(ValueError):
    """
    A case's id or sentence breaks the rules of the style guide.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """
    One requirement: a stable id, one normative sentence, where it comes from, what the target must be able to do for it to apply.
    """

    id: str
    sentence: str
    keyword: Keyword
    level: Level
    source: str
    needs: tuple[str, ...]

    @property
    def group(self) -> str:
        """
        The id's middle part, such as ORD.
        """
        return self.id.split("-")[1]


def _sentence_of(case: Callable[..., Any]) -> str:
    paragraph = (case.__doc__ or "").strip().split("\n\n")[0]
    return " ".join(paragraph.split())


def requirement(
    requirement_id: str,
    *,
    source: str,
    level: Level = Level.CONTRACT,
    needs: tuple[str, ...] = (),
) -> Callable[[Case], Case]:
    """
    Bind the case to `requirement_id`; the first paragraph of its docstring is the sentence, with exactly one MUST, SHOULD or MAY.

    `needs` names capabilities of the profile without which it does not apply.  Raises `BadRequirement` at import.
    """
    if _ID.fullmatch(requirement_id) is None:
        raise BadRequirement(f"{requirement_id!r} is not PGC-<GROUP>-<nnn>")

    def bind(case: Case) -> Case:
        sentence = _sentence_of(case)
        words = _KEYWORDS.findall(sentence)
        if len(words) != 1:
            raise BadRequirement(
                f"{requirement_id}: the first paragraph needs exactly one MUST, SHOULD or MAY, found {words}"
            )
        bound = Requirement(
            id=requirement_id,
            sentence=sentence,
            keyword=Keyword(words[0].split()[0]),
            level=level,
            source=source,
            needs=needs,
        )
        case.requirement = bound  # type: ignore[attr-defined]
        return case

    return bind


def requirement_of(function: Any) -> Requirement | None:
    """
    The requirement that a case is bound to.
    """
    found = getattr(function, "requirement", None)
    return found if isinstance(found, Requirement) else None
