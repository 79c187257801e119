"""
Verifies webhooks over their raw bytes: the contract's hex header and Standard Webhooks, old and new secrets, tolerance on both sides.

Exceptions::

    WebhookError
    ├── SignatureMissing     no signature header at all
    ├── SignatureMalformed   a header that cannot be a signature
    ├── SignatureInvalid     well formed, but not ours over these bytes
    ├── TimestampOutside     the signed time is too far from now
    └── PayloadUnreadable    verified, but not an event (`read_event` only)

Verify first, parse after.  Never re-serialise: one changed space changes the signature.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import clock
from .errors import PaywrightError
from .signature_checks import (
    TOLERANCE_S,
    BadSecret,
    Check,
    Headers,
    Status,
    Step,
    check_legacy,
    check_standard,
    header,
    is_signing_secret,
    standard_key,
)

__all__ = [
    "TOLERANCE_S",
    "BadSecret",
    "Check",
    "PayloadUnreadable",
    "SignatureInvalid",
    "SignatureMalformed",
    "SignatureMissing",
    "Status",
    "Step",
    "TimestampOutside",
    "WebhookError",
    "WebhookEvent",
    "check_legacy",
    "check_standard",
    "header",
    "is_signing_secret",
    "read_event",
    "sign",
    "verify",
]


class WebhookError(PaywrightError):
    """
    The webhook is not to be trusted; answer 401 and do nothing.
    """


class SignatureMissing(WebhookError):
    """
    There is no signature header.
    """


class SignatureMalformed(WebhookError):
    """
    The header cannot be a signature.
    """


class SignatureInvalid(WebhookError):
    """
    The signature is well formed but was not made with our secret over these bytes.
    """


class TimestampOutside(WebhookError):
    """
    The signed time is more than the tolerance before or after now.
    """


class PayloadUnreadable(WebhookError):
    """
    The signature is right, the body is not an event.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """
    A verified webhook.  `id` is the same on every retry: keep it, and do nothing for one that you know.  `raw` is the whole body.
    """

    id: str | None
    type: str
    data: Mapping[str, Any]
    raw: Mapping[str, Any] = field(repr=False)


def verify(
    body: bytes,
    headers: Headers,
    *,
    webhook_secrets: Sequence[str] = (),
    signing_secrets: Sequence[str] = (),
    now_s: float | None = None,
    tolerance_s: float = TOLERANCE_S,
) -> None:
    """
    Accept the webhook or raise a `WebhookError`: every signature family that is present must be valid, and one must be present.

    A family for which no secret is given is not looked at.  Secrets may be several, the new one first.  `now_s` is Unix time: pass your clock, or
    leave it to the machine's.  Raises ValueError without any secret, and `BadSecret` (a ValueError) for a signing secret that cannot be one.
    """
    if not webhook_secrets and not signing_secrets:
        raise ValueError("verify needs webhook_secrets, signing_secrets, or both")
    now_s = clock.now().timestamp() if now_s is None else now_s
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    checks = []
    if webhook_secrets:
        checks.append(check_legacy(body, pairs, webhook_secrets))
    if signing_secrets:
        checks.append(
            check_standard(body, pairs, signing_secrets, now_s=now_s, tolerance_s=tolerance_s)
        )
    present = [check for check in checks if check.status is not Status.MISSING]
    if not present:
        raise SignatureMissing("; ".join(check.reason for check in checks))
    for check in present:
        if check.status is Status.MALFORMED:
            raise SignatureMalformed(check.reason)
        if check.status is Status.INVALID:
            raise (TimestampOutside if check.is_outside else SignatureInvalid)(check.reason)


def read_event(
    body: bytes,
    headers: Headers,
    *,
    webhook_secrets: Sequence[str] = (),
    signing_secrets: Sequence[str] = (),
    now_s: float | None = None,
    tolerance_s: float = TOLERANCE_S,
) -> WebhookEvent:
    """
    As `verify`, then parse.  Without a `webhook-id` header the event has no id: dedupe by a hash of the body then.
    """
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    verify(
        body,
        pairs,
        webhook_secrets=webhook_secrets,
        signing_secrets=signing_secrets,
        now_s=now_s,
        tolerance_s=tolerance_s,
    )
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PayloadUnreadable("the body is not JSON") from error
    kind = document.get("event", document.get("type")) if isinstance(document, dict) else None
    if not isinstance(kind, str):
        raise PayloadUnreadable("the body is not an object with an event")
    data = document.get("data")
    return WebhookEvent(
        id=header(pairs, "webhook-id"),
        type=kind,
        data=data if isinstance(data, dict) else {},
        raw=document,
    )


def sign(
    body: bytes,
    *,
    webhook_id: str,
    timestamp_s: int,
    webhook_secret: str | None = None,
    signing_secrets: Sequence[str] = (),
) -> dict[str, str]:
    """
    The headers that a gateway would send with this body: for tests of your handler.  Raises `BadSecret`.
    """
    headers = {
        "Content-Type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp_s),
    }
    if webhook_secret is not None:
        made = hmac.new(webhook_secret.encode(), body, hashlib.sha256)
        headers["X-Webhook-Signature"] = made.hexdigest()
    signed = f"{webhook_id}.{timestamp_s}.".encode() + body
    digests = [
        hmac.new(standard_key(secret), signed, hashlib.sha256).digest()
        for secret in signing_secrets
    ]
    if digests:
        headers["webhook-signature"] = " ".join(
            f"v1,{base64.b64encode(digest).decode()}" for digest in digests
        )
    return headers
