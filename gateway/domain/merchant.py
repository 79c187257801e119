"""
The merchant: who is paid, and how this gateway behaves towards it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Behaviour(StrEnum):
    """
    `contract` is the assignment's behaviour, `strict` the conventions'; chosen per merchant, never mixed.  Source: conventions 4.0.
    """

    CONTRACT = "contract"
    STRICT = "strict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchant:
    """
    A merchant as every request sees it.  Secrets are not here.
    """

    id: UUID
    name: str
    email: str
    api_key: str
    webhook_url: str | None
    webhook_events: tuple[str, ...] | None
    endpoint_enabled: bool
    behaviour: Behaviour
    checkout_origins: tuple[str, ...]

    def wants(self, event_type: str) -> bool:
        """
        Whether a delivery is made for this kind of event (contract 1.7: no URL, no log row).
        """
        if self.webhook_url is None or not self.endpoint_enabled:
            return False
        return self.webhook_events is None or event_type in self.webhook_events


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """
    An authenticated merchant and the business time at which its request is handled.
    """

    merchant: Merchant
    now: datetime
