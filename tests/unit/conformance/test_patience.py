"""
How long a case waits for a target's queue.
"""

import pytest

from conformance.harness.patience import Patience


def test_each_accepted_job_may_take_its_time_after_the_one_before() -> None:
    """
    Three refunds in line.
    """
    queue = Patience(5.0, least_s=10.0)
    for _ in range(3):
        queue.accepted()

    assert queue.within_s() == pytest.approx(25.0, abs=0.5)


def test_queue_that_does_not_move_is_not_waited_for_until_it_moves_again() -> None:
    """
    A target that never processes refunds costs the least each time.
    """
    queue = Patience(5.0, least_s=10.0)
    for _ in range(3):
        queue.accepted()

    queue.lost()
    assert queue.within_s() == 10.0

    queue.finished()
    assert queue.within_s() > 20.0
