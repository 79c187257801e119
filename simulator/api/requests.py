"""
Reads and checks requests of the bank's wire.
"""

import json
import re
from typing import Any, Final

from simulator.domain.answers import Authorisation, FollowUp, Refusal

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_:.-]{1,128}")
_AMOUNT_MAX: Final = 2**53 - 1


def _refuse(message: str) -> Refusal:
    return Refusal(400, "invalid_request", message)


def _text(fields: dict[str, Any], name: str, pattern: re.Pattern[str] = _REQUEST_ID) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise _refuse(f"{name} must match {pattern.pattern}, found {value!r}.")
    return value


def _amount(fields: dict[str, Any]) -> tuple[int, str]:
    amount, currency = fields.get("amount"), fields.get("currency")
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 < amount <= _AMOUNT_MAX:
        raise _refuse(f"amount must be a positive integer in minor units, found {amount!r}.")
    if not isinstance(currency, str) or len(currency) != 3:  # noqa: PLR2004  ISO 4217
        raise _refuse(f"currency must be an ISO 4217 code, found {currency!r}.")
    return amount, currency


def _content(operation: str, fields: dict[str, Any]) -> str:
    """
    What makes two requests the same: everything but where to call back.
    """
    kept = {name: value for name, value in fields.items() if name != "callback_url"}
    return operation + json.dumps(kept, sort_keys=True, separators=(",", ":"))


def parse_card(fields: dict[str, Any]) -> dict[str, str]:
    """
    The members of a tokenise request.  Raises `Refusal`.
    """
    pan = fields.get("pan")
    if not isinstance(pan, str) or not (pan.isascii() and pan.isdigit() and 12 < len(pan) < 20):  # noqa: PLR2004  PAN lengths
        raise _refuse("pan must be 13 to 19 digits.")
    holder = fields.get("holder_name")
    return {"pan": pan, "holder_name": holder if isinstance(holder, str) else ""}


def parse_authorisation(fields: dict[str, Any]) -> Authorisation:
    """
    An authorisation.  Raises `Refusal`.
    """
    amount, currency = _amount(fields)
    instrument = fields.get("instrument")
    kind = instrument.get("type") if isinstance(instrument, dict) else None
    if not isinstance(instrument, dict) or kind not in ("card", "upi", "netbanking"):
        raise _refuse('instrument must be an object with type "card", "upi" or "netbanking".')
    member = {"card": "token", "upi": "vpa", "netbanking": "bank_code"}[kind]
    value = instrument.get(member)
    if not isinstance(value, str) or not 0 < len(value) <= 255:  # noqa: PLR2004  generous
        raise _refuse(f"instrument.{member} must be text of 1 to 255 characters.")
    capture, callback_url = fields.get("capture", True), fields.get("callback_url")
    if not isinstance(capture, bool):
        raise _refuse("capture must be true or false.")
    if callback_url is not None and not isinstance(callback_url, str):
        raise _refuse("callback_url must be text or null.")
    return Authorisation(
        request_id=_text(fields, "request_id"),
        amount_minor=amount,
        currency=currency,
        instrument_type=kind,
        token=value if kind == "card" else None,
        vpa=value if kind == "upi" else None,
        capture=capture,
        payment_reference=_text(fields, "payment_reference"),
        callback_url=callback_url,
        content=_content("authorise", fields),
    )


def parse_follow_up(operation: str, fields: dict[str, Any]) -> FollowUp:
    """
    A capture, void, reversal or refund.  Raises `Refusal`.
    """
    amount, currency = (None, None)
    if operation in ("capture", "refund"):
        amount, currency = _amount(fields)
    return FollowUp(
        operation=operation,
        request_id=_text(fields, "request_id"),
        authorisation_request_id=_text(fields, "authorisation_request_id"),
        amount_minor=amount,
        currency=currency,
        content=_content(operation, fields),
    )
