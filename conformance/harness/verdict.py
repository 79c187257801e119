"""
Verdicts, and the one function that makes a run's result of them.  Terminal, JSON, JUnit and exit status all come from here.

Source: style guide 6; features N1.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Verdict(StrEnum):
    """
    What became of a requirement.
    """

    PASS = "pass"  # noqa: S105  not a password
    FAIL = "fail"
    DIALECT = "dialect"
    BLOCKED = "blocked"
    NOT_APPLICABLE = "not_applicable"
    UNTESTED = "untested"
    ERROR = "error"


class Keyword(StrEnum):
    """
    How strong a requirement is (RFC 2119).
    """

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Level(StrEnum):
    """
    Where a requirement comes from: the contract's text, money and secrets being safe, or our own additions.
    """

    CONTRACT = "contract"
    SAFETY = "safety"
    EXTENSION = "extension"


class ExitStatus(IntEnum):
    """
    What `paywright conformance run` exits with.
    """

    CONFORMANT = 0
    MUST_FAILED = 1
    SUITE_ERROR = 2
    INCOMPLETE = 3
    UNREACHABLE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """
    One requirement with its verdict.
    """

    requirement_id: str
    keyword: Keyword
    level: Level
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """
    A run's result.  `conformant` is never true while a MUST is untested, blocked or in error.
    """

    conformant: bool
    exit_status: ExitStatus
    sentence: str
    counts: dict[str, int]


#: The worst comes first: variants of one requirement take the worst of their verdicts.
_ORDER = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.BLOCKED,
    Verdict.UNTESTED,
    Verdict.DIALECT,
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """
    The verdict of a requirement from its variants'; `untested` when there are none.
    """
    found = set(verdicts)
    return next((verdict for verdict in _ORDER if verdict in found), Verdict.UNTESTED)


def conclude(graded: Iterable[Graded], *, strict: bool = False) -> Result:
    """
    The run's result.  `strict` counts SHOULD as MUST.  Nothing passed is never green.
    """
    everything = list(graded)
    counts = Counter(item.verdict.value for item in everything)
    binding = {Keyword.MUST, Keyword.SHOULD} if strict else {Keyword.MUST}
    musts = [item for item in everything if item.keyword in binding]
    failed = [item for item in musts if item.verdict is Verdict.FAIL]
    errors = [item for item in musts if item.verdict is Verdict.ERROR]
    open_ends = [item for item in musts if item.verdict in (Verdict.UNTESTED, Verdict.BLOCKED)]
    passed = [i for i in musts if i.verdict is Verdict.PASS and i.keyword is Keyword.MUST]
    if failed:
        status = ExitStatus.MUST_FAILED
        sentence = f"not conformant: {len(failed)} of {len(musts)} binding requirements failed"
    elif errors:
        status = ExitStatus.SUITE_ERROR
        sentence = (
            f"no verdict: {len(errors)} requirements ended in an error of the suite or the network"
        )
    elif open_ends or not passed:
        status = ExitStatus.INCOMPLETE
        sentence = (
            f"incomplete: {len(open_ends)} of {len(musts)} binding requirements were not tested"
        )
    else:
        status = ExitStatus.CONFORMANT
        sentence = f"conformant: all {len(musts)} binding requirements hold"
    return Result(
        conformant=status is ExitStatus.CONFORMANT,
        exit_status=status,
        sentence=sentence,
        counts={verdict.value: counts.get(verdict.value, 0) for verdict in Verdict},
    )
