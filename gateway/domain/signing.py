"""
Signatures of webhooks, and the one serialisation that survives every receiver.

Two families on every delivery: the contract's hex HMAC keyed with the whole secret string, and Standard Webhooks 1.0.0 keyed with decoded bytes.
Source: contract 1.8, conventions 4.1, reliability 5.7.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

#: Largest integer that JavaScript reads exactly.
_INTEGER_MAX: Final = 2**53 - 1
_INTEGER_LIKE: Final = re.compile(r"0|[1-9][0-9]*")
_KEY_BYTES_MIN: Final = 24
_KEY_BYTES_MAX: Final = 64
_PREFIX: Final = "whsec_"
USER_AGENT: Final = "paywright-webhooks/1"


class UnsafePayload(ValueError):
    """
    The payload would not survive `JSON.stringify(JSON.parse(body))` byte for byte.
    """


class BadSigningSecret(ValueError):
    """
    The secret is not `whsec_` + base64 of 24 to 64 bytes.
    """


def _check(value: object, path: str) -> None:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return
    if isinstance(value, int):
        if abs(value) > _INTEGER_MAX:
            raise UnsafePayload(f"{path}: integers must be at most 2^53-1, found {value}")
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if not isinstance(name, str) or _INTEGER_LIKE.fullmatch(name):
                raise UnsafePayload(
                    f"{path}: member names must not look like integers, found {name!r}"
                )
            _check(member, f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for index, member in enumerate(value):
            _check(member, f"{path}[{index}]")
    else:
        raise UnsafePayload(f"{path}: {type(value).__name__} is not allowed")


def serialise(payload: Mapping[str, object]) -> bytes:
    """
    The exact bytes of a webhook: compact, UTF-8, integers only.  Raises `UnsafePayload`.
    """
    _check(payload, "payload")
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def legacy_signature(secret: str, body: bytes) -> str:
    """
    Lower-case hex HMAC-SHA256 over the raw body, keyed with the whole secret as UTF-8.
    """
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def checkout_signature(secret: str, *, order_id: str, payment_id: str) -> str:
    """
    What the checkout hands to the merchant's page: hex HMAC-SHA256 over `order_id|payment_id`, keyed as the legacy webhook signature.

    A webhook's body begins with a brace and an order id never does, so the two uses of the key cannot be taken for each other.
    """
    return legacy_signature(secret, f"{order_id}|{payment_id}".encode())


def standard_key(secret: str) -> bytes:
    """
    The HMAC key of a Standard Webhooks secret.  Raises `BadSigningSecret`.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSigningSecret("a signing secret is whsec_ followed by base64") from error
    if not secret.startswith(_PREFIX) or not _KEY_BYTES_MIN <= len(key) <= _KEY_BYTES_MAX:
        raise BadSigningSecret("a signing secret is whsec_ followed by base64 of 24 to 64 bytes")
    return key


def standard_signature(secret: str, *, webhook_id: str, timestamp_s: int, body: bytes) -> str:
    """
    `v1,<base64>` over `id.timestamp.body`.
    """
    signed = f"{webhook_id}.{timestamp_s}.".encode() + body
    digest = hmac.new(standard_key(secret), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def webhook_headers(
    *,
    body: bytes,
    webhook_id: str,
    timestamp_s: int,
    attempt_number: int,
    legacy_secret: str | None,
    legacy_secret_old: str | None,
    signing_secrets: Sequence[str],
) -> dict[str, str]:
    """
    Every header of an attempt.  The contract's header can hold one signature, so the old secret's stands in a header of its own during overlap.
    """
    headers = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp_s),
        "X-Webhook-Attempt": str(attempt_number),
    }
    if signing_secrets:
        headers["webhook-signature"] = " ".join(
            standard_signature(secret, webhook_id=webhook_id, timestamp_s=timestamp_s, body=body)
            for secret in signing_secrets
        )
    if legacy_secret is not None:
        headers["X-Webhook-Signature"] = legacy_signature(legacy_secret, body)
    if legacy_secret_old is not None:
        headers["X-Webhook-Signature-Old"] = legacy_signature(legacy_secret_old, body)
    return headers
