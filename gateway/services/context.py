"""
What the entry points hand to every use case: storage, the outside parties as protocols, ids, secrets, policy.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from gateway.bank.client import BankClient
from gateway.clock import Clock
from gateway.delivery.sender import SendResult
from gateway.domain.ids import encode_id, encode_uuid
from gateway.domain.secrets_at_rest import SecretBox
from gateway.domain.webhook_url import Egress
from gateway.domain.work import WorkRef
from gateway.rng import Rng
from gateway.storage.database import Database


class Hints(Protocol):
    """
    Tells workers what may be due.  Never fails and never blocks for long: the sweeper finds what a hint missed.
    """

    async def send(self, refs: Iterable[WorkRef]) -> None:
        """
        Hint at these work items.
        """
        ...


class Sender(Protocol):
    """
    Delivers one webhook attempt.
    """

    async def send(self, *, url: str, body: bytes, headers: Mapping[str, str]) -> SendResult:
        """
        POST the bytes; never raises but for cancellation.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    Settings that change what use cases do.  Durations in business seconds.
    """

    test_mode: bool
    retry_delays_s: tuple[int, ...]
    egress: Egress
    own_ports: frozenset[int]
    lease_s: float
    secret_overlap_s: float
    breaker_enabled: bool


class Ids:
    """
    New identifiers; keyed by what they name, so that a seeded run repeats them.
    """

    def __init__(self, rng: Rng) -> None:
        self._rng = rng

    def new(self, prefix: str, *key: str) -> str:
        """
        `prefix` + 16 alphanumerics.
        """
        return encode_id(prefix, self._rng.draw(prefix, *key))

    def new_uuid(self, *key: str) -> UUID:
        """
        A version 4 UUID.
        """
        return encode_uuid(self._rng.draw("uuid", *key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """
    Everything a use case may use.
    """

    database: Database
    bank: BankClient
    sender: Sender
    hints: Hints
    ids: Ids
    rng: Rng
    clock: Clock
    secrets: SecretBox
    policy: Policy
    worker_id: str
