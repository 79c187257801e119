"""
The bank's statement of one day, and the ways in which a settlement file can be wrong (B13): pure.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Any, Final

from simulator.domain.reading import Node

#: missing: a row left out; duplicate: a row twice; amount: another amount; extra: a row that nobody asked for.
FAULT_KINDS: Final = ("missing", "duplicate", "amount", "extra")
_COLUMNS: Final = ("request_id", "payment_reference", "kind", "amount", "currency", "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    One move of money.  `amount` in minor units of `currency`; `kind` is debit (of the payer) or credit.
    """

    request_id: str
    payment_reference: str | None
    kind: str
    amount: int
    currency: str
    at: str

    def document(self) -> dict[str, Any]:
        """
        The line in the words of the wire.
        """
        return {name: getattr(self, name) for name in _COLUMNS}


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementFault:
    """
    What is wrong with the statement about the requests that the glob `request_id` names; `amount` only for the kinds amount and extra.
    """

    kind: str
    request_id: str
    amount: int | None = None


def read_settlement_faults(node: Node) -> tuple[SettlementFault, ...]:
    """
    Faults from plain data, all or none.  Raises `BadProgram` that names the first wrong one.
    """
    return tuple(map(_read_fault, node.items()))


def _read_fault(node: Node) -> SettlementFault:
    members = node.members(("kind", "request_id", "amount"), required=("kind", "request_id"))
    kind = members["kind"].choice(FAULT_KINDS)
    wants_amount = kind in ("amount", "extra")
    if wants_amount and "amount" not in members:
        raise node.fail("amount, a positive whole number in minor units")
    if not wants_amount and "amount" in members:
        raise members["amount"].fail("no amount for this kind")
    return SettlementFault(
        kind=kind,
        request_id=members["request_id"].text(most=128),
        amount=members["amount"].number(least=1) if wants_amount else None,
    )


def spoil(lines: Iterable[Line], faults: Iterable[SettlementFault], *, day: str) -> list[Line]:
    """
    The statement as it is handed out: the book's lines of a `day` (YYYY-MM-DD), with the faults applied in their order.
    """
    result = list(lines)
    for fault in faults:
        mine = [line for line in result if fnmatchcase(line.request_id, fault.request_id)]
        if fault.kind == "missing":
            result = [line for line in result if line not in mine]
        elif fault.kind == "duplicate":
            result += mine
        elif fault.kind == "amount" and fault.amount is not None:
            amount = fault.amount
            result = [replace(x, amount=amount) if x in mine else x for x in result]
        elif fault.amount is not None:
            result.append(
                Line(
                    request_id=fault.request_id,
                    payment_reference=None,
                    kind="debit",
                    amount=fault.amount,
                    currency="INR",
                    at=f"{day}T00:00:00.000000Z",
                )
            )
    return result


def is_day(text: str) -> bool:
    """
    Whether the text is a date as YYYY-MM-DD, and nothing else that a parser may accept.
    """
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def as_csv(lines: Iterable[Line]) -> str:
    """
    The lines as CSV (RFC 4180) with a header row; an absent value is empty.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS)
    writer.writeheader()
    writer.writerows(line.document() for line in lines)
    return out.getvalue()
