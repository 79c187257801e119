"""
Expectations hold and fail as they say.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from conformance.harness import bursts, expect
from conformance.harness.client import Answer
from conformance.harness.outcomes import Blocked, Dialect, RequirementFailed
from conformance.harness.profile import load_profile

CANONICAL = load_profile("canonical")


def _answer(document: Any, status: int = 200) -> Answer:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    shown = None if isinstance(document, bytes) else document
    return Answer(status=status, headers={}, body=body, document=shown, profile=CANONICAL)


def _error(code: str, description: str, status: int = 400) -> Answer:
    return _answer({"error": {"code": code, "description": description}}, status)


HOLD: dict[str, Callable[[], Any]] = {
    "not-broken": lambda: expect.not_broken([_answer({}), _answer({}, 499)]),
    "statuses": lambda: expect.statuses([_answer({}, 201)], [201], "orders"),
    "members": lambda: expect.members(_answer({"id": 1, "more": 2}), ["id"]),
    "fields": lambda: expect.fields(_answer({"a": {"b": 1}}), {"a.b": 1}),
    "envelope": lambda: expect.envelope(_error("X", "words")),
    "described": lambda: expect.described(_error("X", "Order not found"), "Order not found"),
    "kept": lambda: expect.kept_or_refused(_answer({"n": 2**53}, 201), "n", 2**53, kept=201),
    "refused": lambda: expect.kept_or_refused(_error("X", "no"), "n", 1),
    "amount": lambda: expect.amount_kept_or_refused(_answer({"amount": 50_000}, 201), 50_000),
    "amount-as-text": lambda: expect.amount_kept_or_refused(
        _answer({"amount": "50000"}, 201), 50_000
    ),
    "ignored": lambda: expect.ignored_or_refused(
        _answer({"status": "created"}), {"status": "paid"}
    ),
    "silent": lambda: expect.never_shows(
        [_answer({"last4": "1111"})], {"number": "4111111111111111"}
    ),
    "no-insides": lambda: expect.no_insides([_error("X", "amount must be at least 100")]),
    "later": lambda: expect.later(
        "2026-01-01T00:00:00.000002Z", "2026-01-01T00:00:00.000001Z", "x"
    ),
    "coarse-times": lambda: expect.later("2026-01-01T00:00:05Z", "2026-01-01T00:00:05Z", "x"),
    "distinct": lambda: expect.distinct(["a", "b"], "ids"),
    "listed": lambda: expect.entity_field(_answer([{"id": "p", "n": 1}]), "p", "n"),
    "cut-off": lambda: expect.refused_or_cut_off(None),
}
FAIL: dict[str, Callable[[], Any]] = {
    "broken": lambda: expect.not_broken([_answer({}, 500)]),
    "status": lambda: expect.statuses([_answer({}, 201), _answer({}, 400)], [201], "orders"),
    "no-answers": lambda: expect.statuses([], [201], "orders"),
    "member-missing": lambda: expect.members(_answer({"more": 2}), ["id"]),
    "no-object": lambda: expect.members(_answer([]), ["id"]),
    "field-of-another-type": lambda: expect.fields(_answer({"a": True}), {"a": 1}),
    "envelope-without-words": lambda: expect.envelope(_error("X", "")),
    "page-for-envelope": lambda: expect.envelope(_answer(b"<html>", 404)),
    "other-words": lambda: expect.described(_error("X", "nope"), "Order not found"),
    "rounded": lambda: expect.kept_or_refused(_answer({"n": 2**53 + 1}, 201), "n", 2**53),
    "kept-with-200": lambda: expect.kept_or_refused(_answer({"n": 1}, 200), "n", 1, kept=201),
    "refused-with-500": lambda: expect.kept_or_refused(_answer({}, 500), "n", 1),
    "another-amount": lambda: expect.amount_kept_or_refused(
        _answer({"amount": "500.00"}, 201), 50_000
    ),
    "amount-with-200": lambda: expect.amount_kept_or_refused(
        _answer({"amount": 50_000}, 200), 50_000
    ),
    "applied": lambda: expect.ignored_or_refused(_answer({"status": "paid"}), {"status": "paid"}),
    "shown": lambda: expect.never_shows(
        [_answer({"n": "4111111111111111"})], {"number": "4111111111111111"}
    ),
    "stack": lambda: expect.no_insides(
        [_error("X", "Error: x\n    at Object.<anonymous> (/app/src/x.js:1)")]
    ),
    "driver": lambda: expect.no_insides([_error("X", "invalid input syntax for type uuid")]),
    "same-instant": lambda: expect.later(
        "2026-01-01T00:00:00.000001Z", "2026-01-01T00:00:00.000001Z", "x"
    ),
    "earlier": lambda: expect.later("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "x"),
    "twice": lambda: expect.distinct(["a", "a"], "ids"),
    "not-listed": lambda: expect.entity_field(_answer([{"id": "q", "n": 1}]), "p", "n"),
    "heavy-accepted": lambda: expect.refused_or_cut_off(_answer({}, 201)),
}


@pytest.mark.parametrize("holds", HOLD.values(), ids=HOLD)
def test_what_is_right_holds(holds: Callable[[], Any]) -> None:
    """
    No complaint.
    """
    holds()


@pytest.mark.parametrize("fails", FAIL.values(), ids=FAIL)
def test_what_is_wrong_fails(fails: Callable[[], Any]) -> None:
    """
    A sentence for the report.
    """
    with pytest.raises(RequirementFailed, match=r"expected|got"):
        fails()


def test_secrets_do_not_reach_the_sentence() -> None:
    """
    What must not be shown is not shown by the complaint either.
    """
    with pytest.raises(RequirementFailed) as failure:
        expect.never_shows([_answer({"n": "4111111111111111"})], {"number": "4111111111111111"})

    assert "4111" not in str(failure.value)


def test_a_list_without_rows_blocks() -> None:
    """
    Nothing to look at is not the requirement's failure.
    """
    with pytest.raises(Blocked):
        expect.first_id(_answer({"data": []}), "a delivery")


def test_errors_as_text_are_a_dialect_where_declared() -> None:
    """
    A declared shape is no failure.
    """
    data = {**CANONICAL.data, "shape": {**CANONICAL.data["shape"], "error": "string"}}
    profile = type(CANONICAL)("text", data)
    answer = Answer(status=400, headers={}, body=b"{}", document={"error": "no"}, profile=profile)

    with pytest.raises(Dialect):
        expect.envelope(answer)


def _rounds(*ids: list[str]) -> list[bursts.Round]:
    return [bursts.Round("s", [_answer({"id": one}, 201) for one in made]) for made in ids]


def test_one_each_wants_one_in_each_round_and_another_in_each() -> None:
    """
    A gateway that always shows the same payment is not acquitted.
    """
    bursts.expect_one_each(_rounds(["a", "a"], ["b", "b"]), "payment")
    for wrong in (_rounds(["a", "b"]), _rounds(["a"], ["a"]), _rounds([])):
        with pytest.raises(RequirementFailed):
            bursts.expect_one_each(wrong, "payment")


def test_every_round_counts() -> None:
    """
    One lucky round acquits nobody.
    """
    lucky, unlucky = _rounds(["a"], ["b", "c"])

    bursts.expect_accepted([lucky], least=1, most=1, what="refunds")
    with pytest.raises(RequirementFailed, match="round 2"):
        bursts.expect_accepted([lucky, unlucky], least=1, most=1, what="refunds")
    with pytest.raises(RequirementFailed):
        bursts.expect_orderly([bursts.Round("s", [_answer({}, 500)])], "answers")
