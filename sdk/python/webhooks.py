"""
Verifies webhooks over their raw bytes: the contract's hex header and Standard Webhooks, old and new secrets, tolerance on both sides.

Exceptions::

    WebhookError
    ├── SignatureMissing     no signature header at all
    ├── SignatureMalformed   a header that cannot be a signature
    ├── SignatureInvalid     well formed, but not ours over these bytes
    └── TimestampOutside     the signed time is too far from now

Verify first, parse after.  Never re-serialise: one changed space changes the signature.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

#: Seconds that the signed time may differ from now, in both directions.  Source: Standard Webhooks libraries.
TOLERANCE_S: Final = 300
#: Entries of a signature header that are looked at; more is somebody playing.
_ENTRIES_MAX: Final = 16
_HEX_LENGTH: Final = 64
_PREFIX: Final = "whsec_"
_TIMESTAMP_DIGITS_MAX: Final = 12


class WebhookError(Exception):
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


class Status(StrEnum):
    """
    What a check of one signature family found.
    """

    VALID = "valid"
    INVALID = "invalid"
    MISSING = "missing"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """
    The result of one family's check, with a sentence for people.
    """

    status: Status
    reason: str


def _header(headers: Mapping[str, str], name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), None)


def check_legacy(body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> Check:
    """
    `X-Webhook-Signature`: hex HMAC-SHA256 over the raw body, keyed with the whole secret as UTF-8; upper or lower case.
    """
    given = _header(headers, "X-Webhook-Signature")
    if given is None:
        return Check(status=Status.MISSING, reason="there is no X-Webhook-Signature header")
    text = given.strip()
    try:
        claimed = bytes.fromhex(text) if len(text) == _HEX_LENGTH and text.isascii() else b""
    except ValueError:
        claimed = b""
    if len(claimed) * 2 != _HEX_LENGTH:
        return Check(
            status=Status.MALFORMED,
            reason=f"X-Webhook-Signature must be {_HEX_LENGTH} hex digits, found {len(text)} characters",
        )
    for secret in secrets:
        if hmac.compare_digest(hmac.new(secret.encode(), body, hashlib.sha256).digest(), claimed):
            return Check(status=Status.VALID, reason="the HMAC over the raw body matches")
    return Check(status=Status.INVALID, reason=_why_invalid(body, claimed, secrets))


def _why_invalid(body: bytes, claimed: bytes, secrets: Sequence[str]) -> str:
    """
    The likeliest mistake of the sender, found by trying the usual ones.
    """
    import json

    try:
        document = json.loads(body)
    except ValueError:
        return "no known secret made this signature over these bytes"
    forms = {
        "compact JSON was signed, other bytes were sent": json.dumps(
            document, separators=(",", ":"), ensure_ascii=False
        ),
        "JSON with spaces was signed, other bytes were sent": json.dumps(
            document, ensure_ascii=False
        ),
        "JSON with sorted members was signed, other bytes were sent": json.dumps(
            document, separators=(",", ":"), sort_keys=True, ensure_ascii=False
        ),
    }
    for secret in secrets:
        for reason, text in forms.items():
            made = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
            if hmac.compare_digest(made, claimed):
                return reason
    if hmac.compare_digest(hmac.new(b"", body, hashlib.sha256).digest(), claimed):
        return "an empty secret was used"
    return "no known secret made this signature over these bytes"


def _standard_keys(secrets: Sequence[str]) -> list[bytes]:
    keys = []
    for secret in secrets:
        try:
            keys.append(base64.b64decode(secret.removeprefix(_PREFIX), validate=True))
        except (binascii.Error, ValueError) as error:
            raise ValueError("a signing secret is whsec_ followed by base64") from error
    return keys


def is_signing_secret(secret: str) -> bool:
    """
    Whether this can be a Standard Webhooks secret: an optional `whsec_`, then base64 of at least one byte.
    """
    try:
        return bool(_standard_keys([secret])[0])
    except ValueError:
        return False


def check_standard(  # noqa: PLR0911  one return per thing that can be wrong
    body: bytes, headers: Mapping[str, str], secrets: Sequence[str], *, now_s: float
) -> Check:
    """
    Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`.  Unknown versions and malformed entries are skipped.
    """
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    webhook_id, timestamp, signatures = (_header(headers, name) for name in names)
    if webhook_id is None and timestamp is None and signatures is None:
        return Check(status=Status.MISSING, reason="there are no webhook-* headers")
    if webhook_id is None or timestamp is None or signatures is None:
        return Check(
            status=Status.MALFORMED,
            reason="webhook-id, webhook-timestamp and webhook-signature belong together",
        )
    digits = timestamp.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _TIMESTAMP_DIGITS_MAX):
        return Check(status=Status.MALFORMED, reason="webhook-timestamp must be whole Unix seconds")
    claimed = _entries(signatures)
    if not claimed:
        return Check(
            status=Status.MALFORMED, reason="webhook-signature has no entry that reads v1,<base64>"
        )
    signed = f"{webhook_id}.{digits}.".encode("utf-8", "surrogateescape") + body
    made = [hmac.new(key, signed, hashlib.sha256).digest() for key in _standard_keys(secrets)]
    if not any(hmac.compare_digest(ours, theirs) for ours in made for theirs in claimed):
        return Check(
            status=Status.INVALID,
            reason="no v1 entry was made with a known secret over id.timestamp.body",
        )
    apart_s = now_s - int(digits)
    if abs(apart_s) > TOLERANCE_S:
        side = "old" if apart_s > 0 else "in the future"
        return Check(
            status=Status.INVALID,
            reason=f"the signed time is {abs(apart_s):.0f} s {side}; {TOLERANCE_S} s are tolerated",
        )
    return Check(status=Status.VALID, reason="a v1 signature over id.timestamp.body matches")


def _entries(header: str) -> list[bytes]:
    found = []
    for entry in header.split(" ")[:_ENTRIES_MAX]:
        version, _, encoded = entry.partition(",")
        if version != "v1":
            continue
        try:
            found.append(base64.b64decode(encoded, validate=True))
        except (binascii.Error, ValueError):
            continue
    return found


def verify(
    body: bytes,
    headers: Mapping[str, str],
    *,
    webhook_secrets: Sequence[str] = (),
    signing_secrets: Sequence[str] = (),
    now_s: float,
) -> None:
    """
    Accept the webhook or raise a `WebhookError`: every signature family that is present must be valid, and one must be present.

    `now_s` is Unix time: pass your clock.
    """
    checks = [
        check_legacy(body, headers, webhook_secrets),
        check_standard(body, headers, signing_secrets, now_s=now_s),
    ]
    present = [check for check in checks if check.status is not Status.MISSING]
    if not present:
        raise SignatureMissing("; ".join(check.reason for check in checks))
    for check in present:
        if check.status is Status.MALFORMED:
            raise SignatureMalformed(check.reason)
        if check.status is Status.INVALID:
            outside = "the signed time" in check.reason
            raise (TimestampOutside if outside else SignatureInvalid)(check.reason)
