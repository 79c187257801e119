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
class Known:
    """
    A failure that was known before (a baseline's entry), and whether its time is up.
    """

    requirement_id: str
    reason: str
    expires: str
    expired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """
    A run's result.  `conformant` is never true while a MUST is untested, blocked or in error, nor while one fails that was known to.

    `known` are the failures that the baseline excuses; `complaints` say, one line each, where the baseline no longer holds.
    """

    conformant: bool
    exit_status: ExitStatus
    sentence: str
    counts: dict[str, int]
    known: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()


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


def _complaint(known: Known, verdict: Verdict) -> str | None:
    if known.expired:
        return f"{known.requirement_id}: known until {known.expires}, which has passed ({known.reason}); mend it or move the date"
    if verdict in (Verdict.PASS, Verdict.DIALECT, Verdict.NOT_APPLICABLE):
        return f"{known.requirement_id}: expected to fail ({known.reason}), found {verdict.value}; take it out of the baseline"
    return None


def conclude(
    graded: Iterable[Graded], *, strict: bool = False, known: Iterable[Known] = ()
) -> Result:
    """
    The run's result.  `strict` counts SHOULD as MUST.  Nothing passed is never green.

    A `known` failure does not count as failed, but the target is not conformant for that; one that passes, or whose time is up, fails the run.
    """
    everything = list(graded)
    found = {item.requirement_id: item.verdict for item in everything}
    present = [one for one in known if one.requirement_id in found]
    complaints = tuple(
        line for one in present if (line := _complaint(one, found[one.requirement_id])) is not None
    )
    excused = {
        one.requirement_id
        for one in present
        if not one.expired and found[one.requirement_id] is Verdict.FAIL
    }
    binding = {Keyword.MUST, Keyword.SHOULD} if strict else {Keyword.MUST}
    musts = [item for item in everything if item.keyword in binding]
    status, sentence = _status(musts, excused, len(complaints))
    counts = Counter(item.verdict.value for item in everything)
    return Result(
        conformant=status is ExitStatus.CONFORMANT
        and not any(item.requirement_id in excused for item in musts),
        exit_status=status,
        sentence=sentence,
        counts={verdict.value: counts.get(verdict.value, 0) for verdict in Verdict},
        known=tuple(sorted(excused)),
        complaints=complaints,
    )


def _status(musts: list[Graded], excused: set[str], complaint_count: int) -> tuple[ExitStatus, str]:
    """
    Exit status and sentence.
    """
    counts = Counter(item.verdict for item in musts if item.requirement_id not in excused)
    known = len(musts) - counts.total()
    aside = f" (and {known} known)" if known else ""
    open_ends = counts[Verdict.UNTESTED] + counts[Verdict.BLOCKED]
    has_pass = any(i.verdict is Verdict.PASS and i.keyword is Keyword.MUST for i in musts)
    if counts[Verdict.FAIL]:
        return (
            ExitStatus.MUST_FAILED,
            f"not conformant: {counts[Verdict.FAIL]} of {len(musts)} binding requirements failed{aside}",
        )
    if complaint_count:
        return (
            ExitStatus.MUST_FAILED,
            f"the baseline does not hold: {complaint_count} of its findings passed or ran out of time{aside}",
        )
    if counts[Verdict.ERROR]:
        return (
            ExitStatus.SUITE_ERROR,
            f"no verdict: {counts[Verdict.ERROR]} requirements ended in an error of the suite or the network",
        )
    if open_ends or not has_pass:
        return (
            ExitStatus.INCOMPLETE,
            f"incomplete: {open_ends} of {len(musts)} binding requirements were not tested{aside}",
        )
    if known:
        return (
            ExitStatus.CONFORMANT,
            f"not conformant, but nothing new: {known} of {len(musts)} binding requirements fail, all of them known",
        )
    return ExitStatus.CONFORMANT, f"conformant: all {len(musts)} binding requirements hold"
