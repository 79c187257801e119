"""
The order: what a payer is to pay.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

#: Smallest order amount in minor units.  Source: contract 1.5.1.
AMOUNT_MINOR_MIN: Final = 100


class OrderStatus(StrEnum):
    """
    `created`; `paid` only for merchants on the strict profile (the contract never leaves `created`).
    """

    CREATED = "created"
    PAID = "paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """
    An order of a merchant; `notes` is the caller's JSON object, kept as it came.
    """

    id: str
    merchant_id: UUID
    amount_minor: int
    currency: str
    receipt: str | None
    notes: dict[str, object] | None
    status: OrderStatus
    created_at: datetime
    updated_at: datetime
