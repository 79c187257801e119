"""
Reads and checks requests of the bank's wire.
"""

import json
import re
from typing import Any, Final
from urllib.parse import urlsplit

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


def _optional_text(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise _refuse(f"{name} must be text or null.")
    return value


def _return_url(instrument: dict[str, Any]) -> str | None:
    """
    Where the payer's browser goes after a page of the bank: http or https, nothing else, so that no page of ours leads to a script.
    """
    value = _optional_text(instrument, "return_url")
    if value is not None and (urlsplit(value).scheme not in ("http", "https") or len(value) > 2048):  # noqa: PLR2004  generous
        raise _refuse("instrument.return_url must be an http or https URL.")
    return value


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
    capture = fields.get("capture", True)
    if not isinstance(capture, bool):
        raise _refuse("capture must be true or false.")
    return Authorisation(
        request_id=_text(fields, "request_id"),
        amount_minor=amount,
        currency=currency,
        instrument_type=kind,
        token=value if kind == "card" else None,
        vpa=value if kind == "upi" else None,
        bank_code=value if kind == "netbanking" else None,
        capture=capture,
        order_reference=_optional_text(fields, "order_reference"),
        payment_reference=_text(fields, "payment_reference"),
        callback_url=_optional_text(fields, "callback_url"),
        return_url=_return_url(instrument),
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
