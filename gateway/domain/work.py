"""
Work that is due: the rows that workers claim.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

#: Real seconds that a claim lasts; a worker that is silent longer has lost the work.  Source: reliability 2.3 (test 5 s).
LEASE_S: Final = 15
LEASE_TEST_S: Final = 5
#: A work item whose worker died this often is parked for review.  Source: reliability L8.
CRASHES_MAX: Final = 5


class WorkKind(StrEnum):
    """
    What is to be done with the entity.
    """

    PAYMENT = "payment"
    REFUND = "refund"
    CAPTURE = "capture"
    VOID = "void"
    REVERSAL = "reversal"
    DISPUTE = "dispute"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class WorkRef:
    """
    The name of a work item: what a hint carries.
    """

    kind: WorkKind
    entity_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWork:
    """
    A work item to be staged in the transaction of the fact that causes it.
    """

    kind: WorkKind
    entity_id: str
    merchant_id: UUID
    due_at: datetime

    @property
    def ref(self) -> WorkRef:
        """
        The name that a hint carries.
        """
        return WorkRef(self.kind, self.entity_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """
    A claimed work item: only the holder of this fence may write its result.
    """

    ref: WorkRef
    merchant_id: UUID
    fence: int
    attempts: int
    crashes: int
    created_at: datetime
    now: datetime
    bank_call_id: int | None = None
    is_resend: bool = False
