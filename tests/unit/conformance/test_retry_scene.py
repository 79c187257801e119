"""
Gaps between attempts, as a scene has seen them.
"""

import pytest

from conformance.harness.channels.endpoint import Call
from conformance.harness.channels.retrying import TEST_DELAYS_S, Seen, Subject
from conformance.harness.evidence import Transcript
from conformance.harness.outcomes import Blocked, RequirementFailed, Untested


def _subject(*instants_s: float, grain_s: float = 0.25) -> Subject:
    subject = Subject(name="exhausted", payment_id="pay_1", order_id="order_1", made=Transcript())
    for at_s in instants_s:
        call = Call(method="POST", path="/", headers=[], body=b"{}", arrived_s=at_s)
        subject.attempts.append(Seen(call=call, after_s=at_s - grain_s, by_s=at_s))
    return subject


def test_the_contracts_schedule_passes() -> None:
    """
    0, 5, 10, 15, 20 seconds, each after the failure before.
    """
    _subject(0, 5, 15, 30, 50).check_gaps(TEST_DELAYS_S)


@pytest.mark.parametrize(
    ("instants", "words"),
    [
        pytest.param((0, 0, 5, 15, 30), "attempt 2 5 s after", id="off-by-one"),
        pytest.param((0, 5, 10, 15, 20), "attempt 3 10 s after", id="from-the-first"),
        pytest.param((0, 10, 20, 35, 55), "attempt 2 5 s after", id="coarse-poller"),
        pytest.param((0, 5, 15, 30), "expected 5 attempts, got 4", id="four-attempts"),
    ],
)
def test_other_schedules_fail(instants: tuple[float, ...], words: str) -> None:
    """
    Schedules of public gateways: wild-bugs M25, M28, M39.
    """
    with pytest.raises(RequirementFailed, match=words):
        _subject(*instants).check_gaps(TEST_DELAYS_S)


def test_polling_targets_may_be_a_little_late() -> None:
    """
    Two seconds at most.
    """
    _subject(0, 6.5, 18, 34.5, 56).check_gaps(TEST_DELAYS_S)


def test_a_setting_that_did_not_arrive_is_untested() -> None:
    """
    A start command that drops the variable must not fail the target.
    """
    with pytest.raises(Untested, match="WEBHOOK_RETRY_INTERVALS_TEST"):
        _subject(0, 5, 15, 30, 50).check_passed_on(TEST_DELAYS_S)

    _subject(0, 60, 360, 2160, 9360).check_passed_on(TEST_DELAYS_S)


def test_a_subject_without_calls_is_blocked() -> None:
    """
    Nothing came, so nothing can be said.
    """
    with pytest.raises(Blocked, match="reach its port"):
        _subject().noted(Transcript())

    with pytest.raises(Blocked, match="not sent again"):
        _subject(0).with_retries()
