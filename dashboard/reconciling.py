"""
Our ledger against the bank's book, per currency.  Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

Row = Mapping[str, Any]
#: The account in which the gateway keeps what the bank owes it.  Source: gateway ledger.
RECEIVABLE: Final = "bank_receivable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """
    One currency, minor units: what our ledger says the bank owes, what the bank's book says.
    """

    currency: str
    ours: int
    bank: int

    @property
    def difference(self) -> int:
        """
        0 when both agree.
        """
        return self.ours - self.bank


def compare(balances: Iterable[Row], entries: Iterable[Row]) -> list[Comparison]:
    """
    The gateway's receivable beside the bank's debits less credits.
    """
    ours: dict[str, int] = {}
    for row in balances:
        if row.get("account") == RECEIVABLE:
            currency = str(row.get("currency"))
            ours[currency] = ours.get(currency, 0) + int(row.get("balance") or 0)
    theirs: dict[str, int] = {}
    for row in entries:
        sign = 1 if row.get("kind") == "debit" else -1
        currency = str(row.get("currency"))
        theirs[currency] = theirs.get(currency, 0) + sign * int(row.get("amount") or 0)
    return [
        Comparison(currency=one, ours=ours.get(one, 0), bank=theirs.get(one, 0))
        for one in sorted(ours.keys() | theirs.keys())
    ]
