"""
Double entry: which accounts a money fact touches.  Debits are positive, credits negative; every journal sums to zero.

Accounts: `bank_receivable` (the bank owes us), `merchant_payable` (we owe the merchant), `refunds_in_transit` (promised to the payer, not yet
done), `holds` and `holds_contra` (authorised, no money has moved).
"""

from dataclasses import dataclass
from enum import StrEnum


class JournalKind(StrEnum):
    """
    The money facts.
    """

    SALE = "sale"
    HOLD = "hold"
    CAPTURE = "capture"
    CAPTURE_FAILED = "capture_failed"
    VOID = "void"
    REFUND_CREATED = "refund_created"
    REFUND_PROCESSED = "refund_processed"
    REFUND_FAILED = "refund_failed"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """
    One money fact: entries of (account, signed amount in minor units).
    """

    kind: JournalKind
    entity_id: str
    payment_id: str
    currency: str
    entries: tuple[tuple[str, int], ...]


def _pair(debit: str, credit: str, amount_minor: int) -> tuple[tuple[str, int], ...]:
    return ((debit, amount_minor), (credit, -amount_minor))


def journal(
    kind: JournalKind, *, entity_id: str, payment_id: str, currency: str, amount_minor: int
) -> Journal:
    """
    The journal of one fact over `amount_minor` (> 0).
    """
    match kind:
        case JournalKind.SALE:
            entries = _pair("bank_receivable", "merchant_payable", amount_minor)
        case JournalKind.HOLD:
            entries = _pair("holds", "holds_contra", amount_minor)
        case JournalKind.VOID:
            entries = _pair("holds_contra", "holds", amount_minor)
        case JournalKind.CAPTURE | JournalKind.DISPUTE_WON:
            entries = _pair("bank_receivable", "merchant_payable", amount_minor)
        case JournalKind.CAPTURE_FAILED | JournalKind.DISPUTE_OPENED:
            entries = _pair("merchant_payable", "bank_receivable", amount_minor)
        case JournalKind.REFUND_CREATED:
            entries = _pair("merchant_payable", "refunds_in_transit", amount_minor)
        case JournalKind.REFUND_PROCESSED:
            entries = _pair("refunds_in_transit", "bank_receivable", amount_minor)
        case JournalKind.REFUND_FAILED:
            entries = _pair("refunds_in_transit", "merchant_payable", amount_minor)
    return Journal(
        kind=kind,
        entity_id=entity_id,
        payment_id=payment_id,
        currency=currency,
        entries=entries,
    )
