"""
Reads the bank's answers: what may be believed, and as what.

Source: docs/bank-wire.md; reliability 3.2 rows B4-B6.
"""

from typing import Any, Final

import httpx
import msgspec

from gateway.bank.answers import Answered, BankAnswer, Unknown
from gateway.domain.dispute import Dispute, DisputeStatus
from gateway.domain.instants import parse_instant
from gateway.domain.reconciliation import Movement

#: Longest wait that a 429 may ask for.  Source: reliability B6.
RETRY_AFTER_S_MAX: Final = 60.0
_STATUSES: Final = frozenset(
    [
        "processing",
        "challenge",
        "authorised",
        "captured",
        "declined",
        "voided",
        "reversed",
        "refunded",
    ]
)
_CODE_LENGTH_MAX: Final = 64
_TEXT_LENGTH_MAX: Final = 500


class Exchange:
    """
    One answer as it came, bounded.
    """

    def __init__(self, status: int, headers: httpx.Headers, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def document(self) -> dict[str, Any] | None:
        """
        The JSON object of the body, or None when it is anything else.
        """
        if not self.headers.get("content-type", "").startswith("application/json"):
            return None
        try:
            document = msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        return document if isinstance(document, dict) else None


def refusal(answer: Exchange) -> BankAnswer:
    """
    A definite no by status: the bank looked at the request and did nothing (fault row B4).  Without an error code of the bank it is anybody's answer.
    """
    error = (answer.document() or {}).get("error")
    details: dict[str, Any] = error if isinstance(error, dict) else {}
    code, message = details.get("code"), details.get("message")
    if not isinstance(code, str) or not 0 < len(code) <= _CODE_LENGTH_MAX:
        return Unknown(f"the bank answered {answer.status} without a code")
    text = message[:_TEXT_LENGTH_MAX] if isinstance(message, str) else None
    return Answered(status="declined", decline_code=code, message=text)


def retry_after_s(value: str | None) -> float:
    """
    Seconds that a 429 asks for: one when it does not say, a minute at most.
    """
    if value is None or not value.isascii() or not value.isdigit():
        return 1.0
    return min(float(value), RETRY_AFTER_S_MAX)


def trusted(
    document: dict[str, Any] | None,
    *,
    request_id: str,
    amount_minor: int | None,
    currency: str | None,
) -> BankAnswer:
    """
    The answer, if it is well formed and about our request and our amount; `Unknown` otherwise (fault row B5).
    """
    if document is None:
        return Unknown("bank_protocol_error: not a JSON object")
    status = document.get("status")
    if document.get("request_id") != request_id or status not in _STATUSES:
        return Unknown("bank_protocol_error: not about our request")
    if amount_minor is not None and document.get("amount") != amount_minor:
        return Unknown(f"bank_protocol_error: amount {document.get('amount')!r} is not ours")
    if currency is not None and document.get("currency") != currency:
        return Unknown(f"bank_protocol_error: currency {document.get('currency')!r} is not ours")
    trigger = document.get("trigger")
    try:
        ready_at = document.get("ready_at")
        return Answered(
            status=status,
            bank_reference=document.get("bank_reference"),
            decline_code=document.get("decline_code"),
            message=document.get("message"),
            ready_at=None if ready_at is None else parse_instant(ready_at),
            challenge_url=document.get("challenge_url"),
            trigger=f"{trigger.get('source')}:{trigger.get('outcome')}"
            if isinstance(trigger, dict)
            else None,
        )
    except (TypeError, ValueError):
        return Unknown("bank_protocol_error: ready_at is not an instant")


def dispute_of(dispute_id: str, document: dict[str, Any] | None) -> Dispute | None:
    """
    The dispute, if the document is well formed and about it.
    """
    if document is None or document.get("dispute_id") != dispute_id:
        return None
    texts = [document.get(name) for name in ("payment_reference", "reason", "currency")]
    amount, status = document.get("amount"), document.get("status")
    if not all(isinstance(text, str) for text in texts) or type(amount) is not int or amount < 1:
        return None
    if status not in tuple(DisputeStatus):
        return None
    payment_id, reason, currency = (str(text) for text in texts)
    return Dispute(
        id=dispute_id,
        payment_id=payment_id,
        reason=reason[:_TEXT_LENGTH_MAX],
        amount_minor=amount,
        currency=currency,
        status=DisputeStatus(str(status)),
    )


def statement_of(document: Any) -> list[Movement]:
    """
    The lines of a statement.  Raises KeyError, TypeError and ValueError for anything else.
    """
    return [
        Movement(
            request_id=str(line["request_id"]),
            kind=str(line["kind"]),
            amount_minor=int(line["amount"]),
            currency=str(line["currency"]),
            day=parse_instant(line["at"]).date(),
        )
        for line in document["lines"]
    ]
