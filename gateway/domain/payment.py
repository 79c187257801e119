"""
The life of a payment: what the merchant sees (`PaymentStatus`), what we know of the bank (`BankState`), and the one table of moves.

Source: contract 1.6, reliability 5.4.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

#: Pending longer than this without the bank's word, a payment is cancelled at the bank and fails.  Source: features F182 (3–15 minutes).
UNDECIDED_S_MAX: Final = 900
#: Seconds between inquiries while the outcome is unknown; then every five minutes.  Source: reliability 5.5.
INQUIRY_DELAYS_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
INQUIRY_DELAY_LAST_S: Final = 300.0
#: In test mode the same schedule runs this many times faster.  Source: reliability 5.5.
TEST_MODE_SPEED: Final = 20


class PaymentStatus(StrEnum):
    """
    The contract's states, and `voided`, our extension.
    """

    PENDING = "pending"
    SUCCESS = "success"
    FAILED = "failed"
    VOIDED = "voided"


class BankState(StrEnum):
    """
    What we know of the authorisation at the bank.
    """

    NONE = "none"
    PROCESSING = "processing"
    CHALLENGE = "challenge"
    UNKNOWN = "unknown"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    VOIDED = "voided"
    LATE_AUTHORISED = "late_authorised"
    REVERSED = "reversed"


class BankWord(StrEnum):
    """
    What an exchange with the bank told us.
    """

    PROCESSING = "processing"
    CHALLENGE = "challenge"
    UNKNOWN = "unknown"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    VOIDED = "voided"
    REVERSED = "reversed"


class CaptureMethod(StrEnum):
    """
    `automatic`: money moves with the authorisation; `manual`: the merchant captures or voids the hold.
    """

    AUTOMATIC = "automatic"
    MANUAL = "manual"


_UNDECIDED: Final = (
    BankState.NONE,
    BankState.PROCESSING,
    BankState.CHALLENGE,
    BankState.UNKNOWN,
)
_REFUSED: Final = (BankState.DECLINED, BankState.CANCELLED, BankState.REVERSED)


def _table() -> dict[tuple[BankState, BankWord], BankState]:
    table: dict[tuple[BankState, BankWord], BankState] = {}
    for state in _UNDECIDED:
        for word in BankWord:
            if word is not BankWord.VOIDED:
                table[state, word] = BankState(word.value)
    for state in _REFUSED:
        table[state, BankWord.AUTHORISED] = BankState.LATE_AUTHORISED
        table[state, BankWord.CAPTURED] = BankState.LATE_AUTHORISED
    table[BankState.LATE_AUTHORISED, BankWord.REVERSED] = BankState.REVERSED
    table[BankState.AUTHORISED, BankWord.CAPTURED] = BankState.CAPTURED
    table[BankState.AUTHORISED, BankWord.VOIDED] = BankState.VOIDED
    return table


#: Every move that exists.  A pair that is missing is either a repetition or a contradiction, see `advance`.
TRANSITIONS: Final = _table()


class Contradiction(Exception):
    """
    The bank now says something that its earlier definite word excludes; the payment goes to review and does not move.
    """

    def __init__(self, state: BankState, word: BankWord) -> None:
        super().__init__(f"the bank said {state} and now says {word}")
        self.state = state
        self.word = word


def advance(state: BankState, word: BankWord) -> BankState:
    """
    The state after the bank's word; the same state for a repetition or for no news.  Raises `Contradiction`.
    """
    moved = TRANSITIONS.get((state, word))
    if moved is not None:
        return moved
    is_news = word not in (BankWord.UNKNOWN, BankWord.PROCESSING, BankWord.CHALLENGE)
    is_repetition = word.value == state.value or (
        state in _REFUSED and word in (BankWord.DECLINED, BankWord.CANCELLED, BankWord.REVERSED)
    )
    if not is_news or is_repetition:
        return state
    raise Contradiction(state, word)


def status_of(state: BankState) -> PaymentStatus:
    """
    What the merchant sees; unknown outcomes are never shown as failed (invariant S12).
    """
    match state:
        case BankState.AUTHORISED | BankState.CAPTURED:
            return PaymentStatus.SUCCESS
        case (
            BankState.DECLINED
            | BankState.CANCELLED
            | BankState.REVERSED
            | BankState.LATE_AUTHORISED
        ):
            return PaymentStatus.FAILED
        case BankState.VOIDED:
            return PaymentStatus.VOIDED
        case _:
            return PaymentStatus.PENDING


def is_decided(state: BankState) -> bool:
    """
    Whether the bank has given a definite word.
    """
    return state not in _UNDECIDED


def inquiry_delay_s(*, attempts: int, test_mode: bool) -> float:
    """
    Seconds until the bank is asked again after `attempts` tries (1 = the first just ended).
    """
    index = max(attempts, 1) - 1
    delay = INQUIRY_DELAYS_S[index] if index < len(INQUIRY_DELAYS_S) else INQUIRY_DELAY_LAST_S
    return delay / TEST_MODE_SPEED if test_mode else delay


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """
    One try to pay an order.  Amounts in minor units of `currency`.
    """

    id: str
    order_id: str
    merchant_id: UUID
    amount_minor: int
    currency: str
    method: str
    status: PaymentStatus
    vpa: str | None
    card_network: str | None
    card_last4: str | None
    error_code: str | None
    error_description: str | None
    captured: bool
    created_at: datetime
    updated_at: datetime
    capture_method: CaptureMethod
    authorised_minor: int
    paid_minor: int
    refunded_minor: int
    bank_state: BankState
    bank_request_id: str
    bank_reference: str | None
    bank_instrument: dict[str, object]
    decline_code: str | None
    scenario: str | None
    test_trigger: str | None
    next_action_url: str | None
    needs_review: str | None
    version: int

    @property
    def refundable_minor(self) -> int:
        """
        What can still be refunded; pending refunds count as spent.
        """
        return self.paid_minor - self.refunded_minor
