"""
The bank's defaults, from the settings: what is approved, and how long it takes.
"""

from dataclasses import dataclass
from datetime import timedelta

from simulator.domain.issuer import Defaults
from simulator.rng import KeyedRng


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    Delays in milliseconds.
    """

    defaults: Defaults
    test_delay_ms: int
    delay_ms: tuple[int, int]
    refund_delay_ms: tuple[int, int]

    def authorisation_delay(self, rng: KeyedRng, payment_reference: str) -> timedelta:
        """
        Until an authorisation is decided.
        """
        if self.defaults.test_mode:
            return timedelta(milliseconds=self.test_delay_ms)
        low, high = self.delay_ms
        return timedelta(milliseconds=rng.between(low, high, "delay", payment_reference))

    def refund_delay(self, rng: KeyedRng, request_id: str) -> timedelta:
        """
        Until a refund is done; the contract's 3-5 s hold in test mode too (contract 1.7).
        """
        low, high = self.refund_delay_ms
        return timedelta(milliseconds=rng.between(low, max(low, high), "refund", request_id))
