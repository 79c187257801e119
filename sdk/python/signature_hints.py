"""
Why a well-formed signature does not match: the usual mistakes of senders, tried one after the other.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Iterator, Sequence

_UNKNOWN = "no known secret made this signature over these bytes"
_UNKNOWN_V1 = "no v1 entry was made with a known secret over id.timestamp.body"


def _matches(key: bytes, message: bytes, claimed: Sequence[bytes]) -> bool:
    made = hmac.digest(key, message, "sha256")
    return any(hmac.compare_digest(made, one) for one in claimed)


def _other_forms(body: bytes) -> Iterator[tuple[str, bytes]]:
    """
    What a sender may have signed instead of what it sent.
    """
    try:
        document = json.loads(body)
        forms = (
            ("compact JSON", json.dumps(document, separators=(",", ":"), ensure_ascii=False)),
            ("JSON with spaces", json.dumps(document, ensure_ascii=False)),
            (
                "JSON with sorted members",
                json.dumps(document, separators=(",", ":"), sort_keys=True, ensure_ascii=False),
            ),
            ("JSON with escapes", json.dumps(document, separators=(",", ":"))),
        )
    except (ValueError, RecursionError):
        return
    for name, text in forms:
        yield f"{name} was signed, other bytes were sent", text.encode("utf-8", "surrogatepass")


def _spoiled(secret: str) -> Iterator[tuple[str, bytes]]:
    """
    Keys that people use in place of the secret.
    """
    raw = secret.encode("utf-8", "surrogatepass")
    yield "the secret was used with a line end behind it", raw + b"\n"
    yield "the secret was used with space around it", raw.strip() + b" "
    if raw != raw.strip():
        yield "our secret has space around it, the sender's has not", raw.strip()
    if secret.startswith("whsec_"):
        yield "the secret was used without its whsec_", raw.removeprefix(b"whsec_")
        try:
            decoded = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError):
            return
        yield "the secret's decoded bytes were used; this header takes the whole text", decoded


def hint_of_legacy(body: bytes, claimed: Sequence[bytes], secrets: Sequence[str]) -> str:
    """
    The likeliest mistake behind an `X-Webhook-Signature` that does not match.
    """
    for secret in secrets:
        key = secret.encode("utf-8", "surrogatepass")
        for reason, message in _other_forms(body):
            if _matches(key, message, claimed):
                return reason
        for reason, other in _spoiled(secret):
            if _matches(other, body, claimed):
                return reason
    if _matches(b"", body, claimed):
        return "an empty secret was used"
    return _UNKNOWN


def hint_of_standard(
    body: bytes,
    signed: bytes,
    claimed: Sequence[bytes],
    secrets: Sequence[str],
    keys: Sequence[bytes],
) -> str:
    """
    The likeliest mistake behind a `webhook-signature` that does not match.
    """
    prefix = signed[: len(signed) - len(body)]
    for secret, key in zip(secrets, keys, strict=True):
        if _matches(secret.encode(), signed, claimed):
            return "the secret was used as text; its base64 must be decoded first"
        if _matches(key, body, claimed):
            return "the body alone was signed; id.timestamp.body must be"
        if _matches(key, prefix.partition(b".")[2] + body, claimed):
            return "timestamp.body was signed; id.timestamp.body must be"
        for reason, message in _other_forms(body):
            if _matches(key, prefix + message, claimed):
                return reason
    return _UNKNOWN_V1
