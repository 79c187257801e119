"""
The bank's answers and refusals, in the words of docs/bank-wire.md.
"""

from dataclasses import dataclass
from datetime import UTC, datetime


def format_instant(at: datetime) -> str:
    """
    ISO 8601 UTC with microseconds and `Z`.  Sorts as text as it does as time.
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Refusal(Exception):
    """
    The request is wrong: HTTP status, code, and a sentence that says what was expected.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """
    A request to authorise, checked.  `amount_minor` in minor units of `currency`.
    """

    request_id: str
    amount_minor: int
    currency: str
    instrument_type: str
    token: str | None
    vpa: str | None
    bank_code: str | None
    capture: bool
    order_reference: str | None
    payment_reference: str
    callback_url: str | None
    return_url: str | None
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """
    A capture, void, reversal or refund, checked; amount None where the operation has none.
    """

    operation: str
    request_id: str
    authorisation_request_id: str
    amount_minor: int | None
    currency: str | None
    content: str
