"""
A dispute: the payer takes a payment back at the bank, and the merchant wins or loses.  The bank's word about it is the only truth.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.domain.events import EventType
from gateway.domain.ledger import JournalKind


class DisputeStatus(StrEnum):
    """
    The bank's states of a dispute.
    """

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """
    `amount_minor` in minor units of `currency`, never more than was paid.
    """

    id: str
    payment_id: str
    reason: str
    amount_minor: int
    currency: str
    status: DisputeStatus


#: What each state is announced as, and what it does to the ledger (None: the money has moved already).
EFFECTS: Final = {
    DisputeStatus.OPEN: (EventType.DISPUTE_OPENED, JournalKind.DISPUTE_OPENED),
    DisputeStatus.WON: (EventType.DISPUTE_WON, JournalKind.DISPUTE_WON),
    DisputeStatus.LOST: (EventType.DISPUTE_LOST, None),
}


def moves(seen: DisputeStatus | None, now: DisputeStatus) -> list[DisputeStatus]:
    """
    The states to go through from what we have seen; a dispute that was closed before we looked was open first.  Empty for no news and for a contradiction.
    """
    if seen is None:
        return [DisputeStatus.OPEN] if now is DisputeStatus.OPEN else [DisputeStatus.OPEN, now]
    return [now] if seen is DisputeStatus.OPEN and now is not seen else []
