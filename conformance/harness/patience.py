"""
How long a case waits for work of the target's: many targets process one job after the other, so what earlier cases left in the queue comes first.
"""

from typing import Final

from conformance.harness.clock import monotonic_s

#: Seconds one job takes at most in test mode: a payment 1 s unless TEST_PROCESSING_DELAY says otherwise, a refund 3-5 s always.  Source: contract 1.1, 1.7.
PAYMENT_S: Final = 1.2
REFUND_S: Final = 5.2


class Patience:
    """
    One queue of the target as it may be at worst: every accepted job in line behind the one before.
    """

    def __init__(self, job_s: float, *, least_s: float) -> None:
        self._job_s = job_s
        self._least_s = least_s
        self._busy_until_s = 0.0
        self._lost = False

    def accepted(self) -> None:
        """
        The target took another job.
        """
        self._busy_until_s = max(self._busy_until_s, monotonic_s()) + self._job_s

    def within_s(self) -> float:
        """
        How long the newest job may take, in seconds.  After a job that was never done, nothing but the least.
        """
        ahead_s = 0.0 if self._lost else max(0.0, self._busy_until_s - monotonic_s())
        return self._least_s + ahead_s

    def lost(self) -> None:
        """
        A job was not done in its time: do not wait for a queue that does not move.
        """
        self._lost = True

    def finished(self) -> None:
        """
        A job was done: the queue moves.
        """
        self._lost = False


class RunPatience:
    """
    The queues of one run.
    """

    def __init__(self, *, decided_s: float, refunded_s: float) -> None:
        self.payments = Patience(PAYMENT_S, least_s=decided_s)
        self.refunds = Patience(REFUND_S, least_s=refunded_s)
