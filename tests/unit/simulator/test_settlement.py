"""
Statements with faults, and the refusal of faults that make no sense.
"""

import pytest

from simulator.domain.reading import BadProgram, Node
from simulator.domain.settlement import Line, SettlementFault, as_csv, read_settlement_faults, spoil

DAY = "2026-01-01"


def _line(request_id: str, amount: int = 500) -> Line:
    return Line(
        request_id=request_id,
        payment_reference=f"p-{request_id}",
        kind="debit",
        amount=amount,
        currency="INR",
        at=f"{DAY}T10:00:00.000000Z",
    )


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(SettlementFault(kind="missing", request_id="a"), [("b", 500)], id="missing"),
        pytest.param(
            SettlementFault(kind="duplicate", request_id="a"),
            [("a", 500), ("b", 500), ("a", 500)],
            id="duplicate",
        ),
        pytest.param(
            SettlementFault(kind="amount", request_id="a", amount=7),
            [("a", 7), ("b", 500)],
            id="amount",
        ),
        pytest.param(
            SettlementFault(kind="extra", request_id="x", amount=9),
            [("a", 500), ("b", 500), ("x", 9)],
            id="extra",
        ),
    ],
)
def test_each_fault_changes_only_what_it_names(
    fault: SettlementFault, expected: list[tuple[str, int]]
) -> None:
    """
    B13, one class each.
    """
    spoiled = spoil([_line("a"), _line("b")], [fault], day=DAY)

    assert [(line.request_id, line.amount) for line in spoiled] == expected


@pytest.mark.parametrize(
    ("listed", "named"),
    [
        pytest.param({}, "faults: expected a list", id="no-list"),
        pytest.param([{"kind": "late", "request_id": "a"}], "faults[0].kind", id="kind"),
        pytest.param([{"kind": "missing"}], "faults[0]: request_id is missing", id="no-request"),
        pytest.param(
            [{"kind": "missing", "request_id": "a"}, {"kind": "amount", "request_id": "a"}],
            "faults[1]: expected amount",
            id="no-amount",
        ),
        pytest.param(
            [{"kind": "amount", "request_id": "a", "amount": True}], "faults[0].amount", id="bool"
        ),
        pytest.param(
            [{"kind": "missing", "request_id": "a", "amount": 5}], "no amount", id="too-much"
        ),
    ],
)
def test_wrong_faults_are_refused_by_place(listed: object, named: str) -> None:
    """
    The message says which fault and which member.
    """
    with pytest.raises(BadProgram) as refused:
        read_settlement_faults(Node(listed, ("faults",)))

    assert named in str(refused.value)


def test_csv_has_a_header_and_one_row_a_line() -> None:
    """
    RFC 4180, written out.
    """
    assert as_csv([_line("a")]) == (
        "request_id,payment_reference,kind,amount,currency,at\r\n"
        "a,p-a,debit,500,INR,2026-01-01T10:00:00.000000Z\r\n"
    )
