"""
What an exchange with the bank can end in.  Only `Answered` and `Blocked` are definite; everything else leaves the outcome open.
"""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.payment import BankWord


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """
    A well-formed answer about the request we asked for.  `status` is the bank's word; amounts in minor units.
    """

    status: str
    bank_reference: str | None = None
    decline_code: str | None = None
    message: str | None = None
    ready_at: datetime | None = None
    challenge_url: str | None = None
    trigger: str | None = None

    @property
    def word(self) -> BankWord:
        """
        The word about an authorisation.
        """
        return BankWord(self.status)


@dataclass(frozen=True, slots=True)
class NotFound:
    """
    The bank says that it has not seen the request.  Not proof that it will not.
    """


@dataclass(frozen=True, slots=True)
class NotSent:
    """
    Nothing left this machine; the same request may be sent again.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """
    Something was sent, and no answer that can be trusted came back.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """
    The bank refused to look at the request for now (429); it had no effect.
    """

    retry_after_s: float


@dataclass(frozen=True, slots=True)
class Blocked:
    """
    The bank has made sure that the request never takes effect.
    """


BankAnswer = Answered | NotFound | NotSent | Unknown | Deferred


class BankUnavailable(Exception):
    """
    The bank gave no statement that can be read.
    """


class VaultUnavailable(Exception):
    """
    The card could not be put into the bank's vault; nothing was kept.
    """


class VaultRefused(Exception):
    """
    The vault says that these cannot be the data of a card.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultToken:
    """
    Stands for a card at the bank.
    """

    token: str
    network: str | None
    last4: str
