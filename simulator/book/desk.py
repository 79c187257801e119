"""
What every part of the bank works with.
"""

from dataclasses import dataclass

from simulator.book.accounts import Accounts
from simulator.book.callbacks import CallbackBook
from simulator.book.policy import Policy
from simulator.book.records import Records
from simulator.clock import FollowerClock
from simulator.rng import KeyedRng
from simulator.storage import BankFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """
    One file, clock and seed, and the books kept with them.
    """

    file: BankFile
    clock: FollowerClock
    rng: KeyedRng
    policy: Policy
    records: Records
    accounts: Accounts
    callbacks: CallbackBook

    @classmethod
    def of(cls, *, file: BankFile, clock: FollowerClock, rng: KeyedRng, policy: Policy) -> "Desk":
        """
        The books over one file.
        """
        return cls(
            file=file,
            clock=clock,
            rng=rng,
            policy=policy,
            records=Records(file=file, clock=clock, rng=rng),
            accounts=Accounts(file=file, rng=rng),
            callbacks=CallbackBook(file, clock),
        )
