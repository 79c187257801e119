"""
The bank's statement of one day, and the ways in which a settlement file can be wrong (B13): pure.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from simulator.domain.answers import Refusal

#: missing: a row left out; duplicate: a row twice; amount: another amount; extra: a row that nobody asked for.
FAULT_KINDS: Final = ("missing", "duplicate", "amount", "extra")
_COLUMNS: Final = ("request_id", "payment_reference", "kind", "amount", "currency", "at")
_AMOUNT_MAX: Final = 2**53 - 1


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
    What is wrong with the statement about one request; `amount` only for the kinds amount and extra.
    """

    kind: str
    request_id: str
    amount: int | None = None


def parse_faults(listed: object) -> tuple[SettlementFault, ...]:
    """
    Faults from JSON, all or none.  Raises `Refusal` that names the first wrong one.
    """
    if not isinstance(listed, list):
        raise Refusal(400, "invalid_request", f"faults must be a list, found {listed!r}.")
    return tuple(_parse_fault(position, item) for position, item in enumerate(listed))


def _parse_fault(position: int, item: object) -> SettlementFault:
    where = f"faults[{position}]"
    if not isinstance(item, dict) or item.get("kind") not in FAULT_KINDS:
        raise Refusal(400, "invalid_request", f"{where}.kind must be one of {FAULT_KINDS}.")
    kind, request_id, amount = item["kind"], item.get("request_id"), item.get("amount")
    if not isinstance(request_id, str) or not request_id:
        raise Refusal(400, "invalid_request", f"{where}.request_id must be text.")
    wants_amount = kind in ("amount", "extra")
    is_amount = type(amount) is int and 0 < amount <= _AMOUNT_MAX
    if wants_amount != is_amount or (not wants_amount and amount is not None):
        expected = "a positive integer in minor units" if wants_amount else "left out"
        raise Refusal(400, "invalid_request", f"{where}.amount must be {expected}.")
    return SettlementFault(kind=kind, request_id=request_id, amount=amount)


def spoil(lines: Iterable[Line], faults: Iterable[SettlementFault], *, date: str) -> list[Line]:
    """
    The statement as it is handed out: the book's lines of a `date` (YYYY-MM-DD), with the faults applied in their order.
    """
    result = list(lines)
    for fault in faults:
        mine = [line for line in result if line.request_id == fault.request_id]
        if fault.kind == "missing":
            result = [line for line in result if line.request_id != fault.request_id]
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
                    at=f"{date}T00:00:00.000000Z",
                )
            )
    return result


def as_csv(lines: Iterable[Line]) -> str:
    """
    The lines as CSV (RFC 4180) with a header row; an absent value is empty.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS)
    writer.writeheader()
    writer.writerows(line.document() for line in lines)
    return out.getvalue()
