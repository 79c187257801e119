"""
The life of a refund: `pending → processed`, and `failed` for merchants on the strict profile.  Source: contract 1.6.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class RefundStatus(StrEnum):
    """
    What the merchant sees.
    """

    PENDING = "pending"
    PROCESSED = "processed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """
    Money given back to the payer, in minor units of the payment's currency.
    """

    id: str
    payment_id: str
    merchant_id: UUID
    amount_minor: int
    reason: str | None
    status: RefundStatus
    created_at: datetime
    processed_at: datetime | None
    bank_state: str
    bank_request_id: str
    bank_reference: str | None
    needs_review: str | None
    version: int
