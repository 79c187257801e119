"""
Expectations.  A target that misses one fails the requirement with a sentence that says what was expected and what came.
"""

import re
from datetime import datetime
from typing import Any

from conformance.harness.client import Answer
from conformance.harness.outcomes import Blocked, Dialect, RequirementFailed


def that(holds: bool, sentence: str) -> None:
    """
    Fail with the sentence unless it holds.
    """
    if not holds:
        raise RequirementFailed(sentence)


def status(answer: Answer, expected: int, *, kind: str | None = None) -> None:
    """
    The status is the contract's; another one that the profile declares for `kind` is a dialect.
    """
    if answer.status == expected:
        return
    if kind is not None and answer.status in answer.profile.statuses(kind, expected):
        raise Dialect(f"answers {answer.status} where the contract says {expected}")
    raise RequirementFailed(f"expected status {expected}, got {answer.summary}")


def precondition(answer: Answer, expected: int) -> None:
    """
    Without this status there is nothing to look at: `blocked`.
    """
    if answer.status != expected:
        raise Blocked(f"needed status {expected}, got {answer.summary}")


def precondition_shown(answer: Answer, text: str, what: str) -> None:
    """
    Without this text in the body the answer is not what the case wanted to look at: `blocked`.
    """
    if text.encode() not in answer.body:
        raise Blocked(f"needed {what} in the answer, got {answer.summary}")


def refusal(answer: Answer, expected: int, code: str, *, kind: str = "validation") -> None:
    """
    A 4xx refusal with the contract's status and code; declared spellings are a dialect, anything else fails.
    """
    statuses = answer.profile.statuses(kind, expected)
    that(
        answer.status in statuses,
        f"expected a refusal with status {' or '.join(map(str, statuses))}, got {answer.summary}",
    )
    found = answer.error_code
    if answer.profile.shape("error") == "string" and found is not None:
        raise Dialect(f"answers errors as text: {found!r}")
    codes = answer.profile.codes(code)
    that(found in codes, f"expected error code {' or '.join(codes)}, got {answer.summary}")
    if found != code or answer.status != expected:
        raise Dialect(f"answers {answer.status} {found} where the contract says {expected} {code}")


def is_refused(answer: Answer) -> None:
    """
    Any 4xx.
    """
    that(400 <= answer.status < 500, f"expected a 4xx refusal, got {answer.summary}")  # noqa: PLR2004  4xx


def field(answer: Answer, path: str) -> Any:
    """
    A member of the answer by dotted path.
    """
    return member(answer.document, path, answer.summary)


def member(document: Any, path: str, shown: str) -> Any:
    """
    A member of a document by dotted path; `shown` goes into the message.
    """
    value = document
    for name in path.split("."):
        that(isinstance(value, dict) and name in value, f"expected a member {path}, got {shown}")
        value = value[name]
    return value


def equal(actual: Any, expected: Any, what: str) -> None:
    """
    Equal, type included: 1 is not true and not 1.0.
    """
    same = actual == expected and type(actual) is type(expected)
    that(same, f"expected {what} to be {expected!r}, got {actual!r}")


def matches(value: Any, pattern: str, what: str) -> None:
    """
    Text that matches the whole pattern.
    """
    holds = isinstance(value, str) and re.fullmatch(pattern, value) is not None
    that(holds, f"expected {what} to match {pattern}, got {value!r}")


def integer(value: Any, what: str) -> int:
    """
    A JSON integer.
    """
    that(
        isinstance(value, int) and not isinstance(value, bool),
        f"expected {what} to be an integer, got {value!r}",
    )
    return int(value)


def instant(value: Any, what: str) -> datetime:
    """
    ISO 8601 in UTC.
    """
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise RequirementFailed(
            f"expected {what} to be an ISO 8601 instant, got {value!r}"
        ) from None
    offset = at.utcoffset()
    that(offset is not None and not offset, f"expected {what} in UTC with Z, got {value!r}")
    return at


def rows(answer: Answer) -> list[Any]:
    """
    The rows of a list, as a bare array or under `data`.
    """
    document = answer.document
    found = document.get("data") if isinstance(document, dict) else document
    if not isinstance(found, list):
        raise RequirementFailed(f"expected a list, got {answer.summary}")
    return found
