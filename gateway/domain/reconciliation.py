"""
Our ledger against the bank's statement: four classes of mismatch, none of them guessed away.

Source: reliability B12, B13.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class MismatchClass(StrEnum):
    """
    What can be wrong between two books.
    """

    MISSING_AT_BANK = "missing_at_bank"
    MISSING_AT_US = "missing_at_us"
    AMOUNT_MISMATCH = "amount_mismatch"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """
    Money that moved for one request to the bank: `kind` debit (of the payer) or credit, `amount_minor` in minor units of `currency`.
    """

    request_id: str
    kind: str
    amount_minor: int
    currency: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """
    One difference.  Amounts in minor units; None where that side has nothing.
    """

    class_: MismatchClass
    request_id: str
    kind: str
    ours_minor: int | None
    bank_minor: int | None
    currency: str


def reconcile(*, ours: Iterable[Movement], bank: Iterable[Movement], day: date) -> list[Mismatch]:
    """
    The differences that concern `day`.  Both sides should reach a day further each way, since clocks differ around midnight.
    """
    mine = {(m.request_id, m.kind): m for m in ours}
    lines = list(bank)
    counted = Counter((line.request_id, line.kind) for line in lines)
    # The line of the day itself wins over one of a neighbouring day, so that a mismatch is told on the day it belongs to.
    nearest = sorted(lines, key=lambda line: line.day == day)
    theirs = {(line.request_id, line.kind): line for line in nearest}
    found = []
    for key in sorted(mine.keys() | theirs.keys()):
        our, line = mine.get(key), theirs.get(key)
        if day not in {side.day for side in (our, line) if side is not None}:
            continue
        class_ = _class_of(our, line, counted[key])
        if class_ is not None:
            known = our or line
            assert known is not None
            found.append(
                Mismatch(
                    class_=class_,
                    request_id=key[0],
                    kind=key[1],
                    ours_minor=None if our is None else our.amount_minor,
                    bank_minor=None if line is None else line.amount_minor * counted[key],
                    currency=known.currency,
                )
            )
    return found


def _class_of(our: Movement | None, line: Movement | None, count: int) -> MismatchClass | None:
    if line is None:
        return MismatchClass.MISSING_AT_BANK
    if our is None:
        return MismatchClass.MISSING_AT_US
    if count > 1:
        return MismatchClass.DUPLICATE
    if (our.amount_minor, our.currency) != (line.amount_minor, line.currency):
        return MismatchClass.AMOUNT_MISMATCH
    return None
