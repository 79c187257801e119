"""
The payment's state machine over every (state, word) pair.
"""

import pytest

from gateway.domain.payment import (
    TRANSITIONS,
    BankState,
    BankWord,
    Contradiction,
    PaymentStatus,
    advance,
    inquiry_delay_s,
    status_of,
)

UNDECIDED = {BankState.NONE, BankState.PROCESSING, BankState.CHALLENGE, BankState.UNKNOWN}
REFUSED = {BankState.DECLINED, BankState.CANCELLED, BankState.REVERSED}
CONTRADICTIONS = {
    (BankState.CAPTURED, BankWord.AUTHORISED), (BankState.CAPTURED, BankWord.DECLINED), (BankState.CAPTURED, BankWord.CANCELLED),
    (BankState.CAPTURED, BankWord.VOIDED), (BankState.CAPTURED, BankWord.REVERSED),
    (BankState.AUTHORISED, BankWord.DECLINED), (BankState.AUTHORISED, BankWord.CANCELLED), (BankState.AUTHORISED, BankWord.REVERSED),
    (BankState.VOIDED, BankWord.AUTHORISED), (BankState.VOIDED, BankWord.CAPTURED), (BankState.VOIDED, BankWord.DECLINED),
    (BankState.VOIDED, BankWord.CANCELLED), (BankState.VOIDED, BankWord.REVERSED),
    (BankState.LATE_AUTHORISED, BankWord.AUTHORISED), (BankState.LATE_AUTHORISED, BankWord.CAPTURED),
    (BankState.LATE_AUTHORISED, BankWord.DECLINED), (BankState.LATE_AUTHORISED, BankWord.CANCELLED),
    (BankState.LATE_AUTHORISED, BankWord.VOIDED),
    *((state, BankWord.VOIDED) for state in UNDECIDED | REFUSED),
}  # fmt: skip


@pytest.mark.parametrize("state", BankState)
@pytest.mark.parametrize("word", BankWord)
def test_every_pair_moves_repeats_or_contradicts(state: BankState, word: BankWord) -> None:
    """
    A listed pair moves; no news and repetitions stay; everything else is refused.
    """
    if (state, word) in CONTRADICTIONS:
        with pytest.raises(Contradiction):
            advance(state, word)
    else:
        assert advance(state, word) is TRANSITIONS.get((state, word), state)


@pytest.mark.parametrize("state", BankState)
def test_a_decided_payment_never_becomes_undecided(state: BankState) -> None:
    """
    Terminal states keep what the merchant saw, but for the one declared edge from failed to late authorised.
    """
    for word in BankWord:
        if (state, word) in TRANSITIONS and state not in UNDECIDED:
            assert status_of(TRANSITIONS[state, word]) in (status_of(state), PaymentStatus.VOIDED)


def test_unknown_is_shown_as_pending() -> None:
    """
    Invariant S12.
    """
    assert {status_of(state) for state in UNDECIDED} == {PaymentStatus.PENDING}


def test_inquiries_slow_down_and_run_faster_in_test_mode() -> None:
    """
    Source: reliability 5.5.
    """
    delays = [inquiry_delay_s(attempts=n, test_mode=False) for n in range(1, 9)]

    assert delays == [1, 2, 4, 8, 15, 30, 60, 300]
    assert inquiry_delay_s(attempts=1, test_mode=True) == 0.05
