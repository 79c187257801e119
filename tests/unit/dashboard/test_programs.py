"""
What the bank console sends, and how it reads what is set.
"""

import pytest

from dashboard.programs import by_hand, fault_choices, fault_of, gate_of
from dashboard.reconciling import compare


def test_a_fault_names_what_it_is_about() -> None:
    """
    Kind, effect, operation, times; a status fault has a status.
    """
    form = {"fault": "status/before", "operation": "refund", "times": "3"}

    assert fault_of(form) == {
        "when": {"operation": "refund"},
        "fault": {"kind": "status", "effect": "before", "status": 503},
        "times": 3,
    }
    assert fault_of({"fault": "garbage/after", "operation": "made up"}) == {
        "fault": {"kind": "garbage", "effect": "after"},
        "times": 1,
    }


@pytest.mark.parametrize("form", [{}, {"fault": "timeout/after", "times": "0"}, {"fault": "timeout/after", "times": "x"}])  # fmt: skip
def test_a_fault_that_cannot_be(form: dict[str, str]) -> None:
    """
    Refused here, in words.
    """
    with pytest.raises(ValueError, match=r"fault|times"):
        fault_of(form)


def test_gates_and_faults_of_the_hand_are_told_apart() -> None:
    """
    Rules of ready scenarios are not shown as set by hand.
    """
    rules = [
        {"when": {"operation": "authorise"}, "then": {"gate": "g", "gate_at": "after"}},
        {"then": {"fault": {"kind": "timeout"}}, "times": 2},
        {"then": {}},
    ]
    gates, faults = by_hand(
        [{"name": "by-hand", "rules": rules}, {"name": "other", "rules": rules}]
    )

    assert gates == [{"gate": "g", "about": "authorise", "at": "after"}]
    assert faults == [{"fault": {"kind": "timeout"}, "about": "anything", "times": 2}]
    assert gate_of({"operation": "capture", "at": "after"}) == {"when": {"operation": "capture"}, "at": "after"}  # fmt: skip
    assert gate_of({"at": "never"}) == {}


def test_fault_choices_come_from_the_bank() -> None:
    """
    One per kind and effect; a bank that lists none offers none.
    """
    assert fault_choices({"wire": {"not_found": ["before"]}}) == [("not_found/before", "not found, before the effect")]  # fmt: skip
    assert fault_choices(None) == []


def test_both_books_per_currency() -> None:
    """
    Debits less credits against the receivable; a currency that only one side knows is shown.
    """
    rows = compare(
        [
            {"account": "bank_receivable", "currency": "INR", "balance": 400},
            {"account": "merchant_payable", "currency": "INR", "balance": -400},
        ],
        [
            {"kind": "debit", "amount": 500, "currency": "INR"},
            {"kind": "credit", "amount": 100, "currency": "INR"},
            {"kind": "debit", "amount": 7, "currency": "USD"},
        ],
    )

    assert [(row.currency, row.difference) for row in rows] == [("INR", 0), ("USD", -7)]
