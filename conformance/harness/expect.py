"""
Expectations.  A target that misses one fails the requirement with a sentence that says what was expected and what came.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from conformance.harness.client import Answer
from conformance.harness.outcomes import Blocked, Dialect, RequirementFailed, Untested

#: What only the inside of a gateway would say: stack traces, drivers, SQL, places on its disk.
_INSIDES: Final = re.compile(
    r"Traceback|\bat \S+ \(|node_modules|site-packages|/usr/src/|/app/\w+/|\.(?:py|js|ts|java|go):\d+|"
    r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM) \S+|invalid input syntax|violates \w+[ -]\w+ constraint|duplicate key|"
    r"out of range for type|SQLSTATE|\bE(?:CONNREFUSED|CONNRESET|PIPE)\b|sqlalchemy|sequelize|asyncpg|psycopg|prisma|hibernate|\bORA-\d+"
)


#: Where a dialect answers 400 instead of the contract's status, it may say so with that status's code.
_BAD_REQUEST: Final = 400


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
    if answer.error_text is not None:
        raise Dialect(f"answers {answer.status} with a text for an error: {answer.error_text!r}")
    found = answer.error_code
    codes = answer.profile.codes(code)
    if answer.status != expected and answer.status == _BAD_REQUEST:
        codes = [*codes, *answer.profile.codes("BAD_REQUEST_ERROR")]
    that(found in codes, f"expected error code {' or '.join(codes)}, got {answer.summary}")
    if found != code or answer.status != expected:
        raise Dialect(f"answers {answer.status} {found} where the contract says {expected} {code}")


def is_refused(answer: Answer) -> None:
    """
    Any 4xx.
    """
    that(400 <= answer.status < 500, f"expected a 4xx refusal, got {answer.summary}")  # noqa: PLR2004  4xx


def refused_or_cut_off(answer: Answer | None) -> None:
    """
    Any 4xx, or no answer because the target closed the connection.
    """
    if answer is not None:
        is_refused(answer)


def field(answer: Answer, path: str) -> Any:
    """
    A member of the answer by dotted path.
    """
    return member(answer.document, path, answer.summary)


def entity_field(answer: Answer, entity_id: Any, path: str) -> Any:
    """
    A member of the entity with this id, which the answer shows alone or in a list.
    """
    document = answer.document
    found = document if isinstance(document, dict) and "id" in document else None
    if found is None:
        listed = (row for row in rows(answer) if isinstance(row, dict))
        found = next((row for row in listed if row.get("id") == entity_id), None)
    that(
        found is not None and found.get("id") == entity_id,
        f"expected {entity_id}, got {answer.summary}",
    )
    return member(found, path, answer.summary)


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


def not_broken(answers: Iterable[Answer], what: str = "no 5xx") -> None:
    """
    None of the answers is a 5xx.
    """
    broken = [answer for answer in answers if answer.status >= 500]  # noqa: PLR2004  5xx
    that(not broken, f"expected {what}, got {len(broken)}: {broken[0].summary if broken else ''}")


def statuses(answers: Iterable[Answer], allowed: Iterable[int], what: str) -> None:
    """
    There are answers, and every one has one of these statuses.
    """
    wanted, found = sorted(set(allowed)), list(answers)
    that(bool(found), f"expected {what}, got no answer at all")
    strange = [answer for answer in found if answer.status not in wanted]
    shown = strange[0].summary if strange else ""
    that(not strange, f"expected {what} with status {wanted}, got {len(strange)} other: {shown}")


def precondition_statuses(answers: Iterable[Answer], allowed: Iterable[int], what: str) -> None:
    """
    Unless every answer has one of these statuses there is nothing to look at: `blocked`.
    """
    wanted = set(allowed)
    strange = next((answer for answer in answers if answer.status not in wanted), None)
    if strange is not None:
        raise Blocked(f"needed {what}, got {strange.summary}")


def members(answer: Answer, names: Iterable[str]) -> None:
    """
    The answer is an object with at least these members.
    """
    document = answer.document
    that(isinstance(document, dict), f"expected a JSON object, got {answer.summary}")
    missing = sorted(set(names) - set(document))
    that(not missing, f"expected the members {', '.join(missing)}, got {answer.summary}")


def fields(answer: Answer, expected: Mapping[str, Any]) -> None:
    """
    These members have exactly these values.
    """
    for name, value in expected.items():
        equal(field(answer, name), value, name)


def envelope(answer: Answer) -> None:
    """
    The error envelope: a code and a description, both text and not empty.
    """
    found = (answer.error_code, answer.error_description)
    if answer.error_text is not None:
        raise Dialect(f"answers errors as text: {answer.summary}")
    that(all(found), f"expected error.code and error.description, got {answer.summary}")


def described(answer: Answer, text: str) -> None:
    """
    The error's description is the contract's, to the letter.
    """
    is_text = answer.error_text is not None
    shown = answer.body.decode("utf-8", "replace") if is_text else answer.error_description or ""
    that(text in shown, f"expected the description {text!r}, got {answer.summary}")


def kept_or_refused(answer: Answer, path: str, value: Any, *, kept: int | None = None) -> None:
    """
    Either a 4xx refusal, or the member has exactly this value, with the status `kept` where given; never a 5xx and never something like it.  `blocked`
    when the answer lacks the member.
    """
    if answer.status < 400:  # noqa: PLR2004  4xx
        that(kept in (None, answer.status), f"expected status {kept}, got {answer.summary}")
        name = path.partition(".")[0]
        if isinstance(answer.document, dict) and name not in answer.document:
            raise Blocked(f"needed {name} in the answer, got {answer.summary}")
        equal(field(answer, path), value, path)
        return
    is_refused(answer)


def amount_kept_or_refused(answer: Answer, amount_minor: int) -> None:
    """
    `kept_or_refused` for creations that are about other members: an amount shown as text will do, that it is a number is a requirement of its own.
    """
    shown = answer.document.get("amount") if isinstance(answer.document, dict) else None
    value = str(amount_minor) if shown == str(amount_minor) else amount_minor
    kept_or_refused(answer, "amount", value, kept=201)


def each_kept_or_refused(answers: Iterable[Answer], path: str, values: Iterable[Any]) -> None:
    """
    `kept_or_refused` for creations and values in the same order.
    """
    for answer, value in zip(answers, values, strict=True):
        kept_or_refused(answer, path, value, kept=201)


def ignored_or_refused(answer: Answer, unwanted: Mapping[str, Any]) -> None:
    """
    Either a 4xx refusal, or none of the members has the value that the caller had no right to set.
    """
    if answer.status >= 400:  # noqa: PLR2004  4xx
        is_refused(answer)
        return
    that(isinstance(answer.document, dict), f"expected a JSON object, got {answer.summary}")
    applied = sorted(n for n, value in unwanted.items() if answer.document.get(n) == value)
    that(not applied, f"expected {', '.join(applied)} not to be set by the caller")


def never_shows(answers: Iterable[Answer], texts: Mapping[str, str]) -> None:
    """
    No answer, headers included, carries any of the texts (name = text); the texts themselves never reach the report.
    """
    for answer in answers:
        shown = answer.body.decode("utf-8", "replace") + " ".join(answer.headers.values())
        found = sorted(name for name, text in texts.items() if text and text in shown)
        that(not found, f"expected no {', '.join(found)} in an answer with status {answer.status}")


def no_insides(answers: Iterable[Answer]) -> None:
    """
    No answer tells what is inside the gateway: stack traces, driver errors, SQL, places on disk.
    """
    for answer in answers:
        found = _INSIDES.search(answer.body.decode("utf-8", "replace"))
        shown = found.group() if found else ""
        that(
            not found,
            f"expected nothing of the gateway's inside, got {shown!r} in: {answer.summary}",
        )


def later(second: Any, first: Any, what: str) -> None:
    """
    An instant after another one; equal ones pass only when both are whole seconds, which says nothing about their order.
    """
    after, before = instant(second, what), instant(first, what)
    coarse = after == before and not after.microsecond
    that(after > before or coarse, f"expected {what} after {first}, got {second}")


def distinct(values: Iterable[Any], what: str) -> None:
    """
    No value twice.
    """
    found = list(values)
    twice = len(found) - len(set(found))
    that(not twice, f"expected {len(found)} different {what}, got {len(set(found))}")


def first_id(answer: Answer, what: str) -> Any:
    """
    The id of a list's first row; without one there is nothing to look at: `blocked`.
    """
    found = rows(answer)
    if not found or not isinstance(found[0], dict) or "id" not in found[0]:
        raise Blocked(f"needed {what} in the list, got {answer.summary}")
    return found[0]["id"]


def configurable(webhook: Mapping[str, Any]) -> Mapping[str, Any]:
    """
    How the webhook address is set over HTTP; `untested` when the profile does not say.
    """
    how: Mapping[str, Any] = webhook.get("configure") or {}
    if not how:
        raise Untested("the profile does not say how the webhook address is set")
    return how
