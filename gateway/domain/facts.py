"""
What one transaction records beside the changed row itself: moves, events, deliveries, ledger, work.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from gateway.domain.events import Event
from gateway.domain.ledger import Journal
from gateway.domain.work import NewWork


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """
    One move of a payment or refund; `version` is the row's version after it.
    """

    entity_id: str
    version: int
    from_state: str
    to_state: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """
    One event to one endpoint: `body` is sent, byte for byte, on every attempt.
    """

    id: UUID
    event: Event
    body: bytes


@dataclass(slots=True, kw_only=True)
class Facts:
    """
    Collected by a service, written by storage in one statement.
    """

    merchant_id: UUID
    at: datetime
    changes: list[StateChange] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    deliveries: list[NewDelivery] = field(default_factory=list)
    journals: list[Journal] = field(default_factory=list)
    work: list[NewWork] = field(default_factory=list)
