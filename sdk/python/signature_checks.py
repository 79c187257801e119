"""
Checks a webhook's signatures step by step, each step with a sentence for people.  Decides nothing: `webhooks.py` does.

Two families: the contract's hex header and Standard Webhooks 1.0.0.  Never raises on anything that a sender can write.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from .signature_hints import hint_of_legacy, hint_of_standard

#: Seconds that the signed time may differ from now, in both directions.  Source: Standard Webhooks libraries.
TOLERANCE_S: Final = 300
#: Entries of a signature header that are looked at; more is somebody playing.
_ENTRIES_MAX: Final = 16
_HEX_LENGTH: Final = 64
_PREFIX: Final = "whsec_"
_TIMESTAMP_DIGITS_MAX: Final = 12
_SHOWN_MAX: Final = 80
#: Characters of a computed signature that are shown: enough to compare, too few to forge with.
_COMPUTED_SHOWN: Final = 8
_ID_LENGTH_MAX: Final = 256

Headers = Mapping[str, str] | Iterable[tuple[str, str]]


class Status(StrEnum):
    """
    What a check of one signature family found.
    """

    VALID = "valid"
    INVALID = "invalid"
    MISSING = "missing"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One step of a check: what was looked at, whether it is right, and what was found.
    """

    name: str
    is_right: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """
    The result of one family's check, with a sentence for people and the steps that led there.  `is_outside`: only the signed time is wrong.
    """

    status: Status
    reason: str
    steps: tuple[Step, ...] = ()
    is_outside: bool = False


class _Steps:
    """
    Collects steps and ends with the check.
    """

    def __init__(self) -> None:
        self._steps: list[Step] = []

    def right(self, name: str, detail: str) -> None:
        self._steps.append(Step(name=name, is_right=True, detail=detail))

    def wrong(self, name: str, detail: str) -> None:
        self._steps.append(Step(name=name, is_right=False, detail=detail))

    def end(self, status: Status, reason: str, *, is_outside: bool = False) -> Check:
        return Check(status=status, reason=reason, steps=tuple(self._steps), is_outside=is_outside)


def header(headers: Headers, name: str) -> str | None:
    """
    A header's value whatever its case; one that came several times is joined by commas, as HTTP has it.
    """
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    found = [value for key, value in pairs if key.lower() == name.lower()]
    return ", ".join(found) if found else None


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}… ({len(text)} characters)"


def _name_of(secret: str, position: int, count: int) -> str:
    """
    A secret for people: which one, and its beginning only.
    """
    which = "the secret" if count == 1 else f"secret {position} of {count}"
    return f"{which} ({secret[:8]}…)"


def check_legacy(body: bytes, headers: Headers, secrets: Sequence[str]) -> Check:
    """
    `X-Webhook-Signature`: hex HMAC-SHA256 over the raw body, keyed with the whole secret as UTF-8; upper or lower case.

    While a secret is being replaced, `X-Webhook-Signature-Old` carries the old one's signature: either will do.
    """
    steps = _Steps()
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    given = {
        name: value
        for name in ("X-Webhook-Signature", "X-Webhook-Signature-Old")
        if (value := header(pairs, name)) is not None
    }
    if "X-Webhook-Signature" not in given:
        steps.wrong("header", "there is no X-Webhook-Signature header")
        return steps.end(Status.MISSING, "there is no X-Webhook-Signature header")
    claimed: dict[str, bytes] = {}
    for name, value in given.items():
        steps.right("header", f"{name}: {_short(value)}")
        decoded = _hex(value)
        if decoded is not None:
            claimed[name] = decoded
            steps.right("form", f"{name} is {_HEX_LENGTH} hex digits")
            continue
        length = len(value.strip())
        reason = f"{name} must be {_HEX_LENGTH} hex digits, found {length} characters"
        steps.wrong("form", reason)
        if name == "X-Webhook-Signature":
            return steps.end(Status.MALFORMED, reason)
    steps.right("signed bytes", f"the raw body, {len(body)} bytes, as it arrived")
    for position, secret in enumerate(secrets, 1):
        made = hmac.digest(secret.encode("utf-8", "surrogatepass"), body, "sha256")
        name = _name_of(secret, position, len(secrets))
        for which, signature in claimed.items():
            if hmac.compare_digest(made, signature):
                steps.right("HMAC", f"made with {name}, it is {which}")
                return steps.end(Status.VALID, "the HMAC over the raw body matches")
        steps.wrong("HMAC", f"made with {name}, it begins {made.hex()[:_COMPUTED_SHOWN]}…")
    reason = hint_of_legacy(body, list(claimed.values()), secrets)
    return steps.end(Status.INVALID, reason)


def _hex(value: str) -> bytes | None:
    text = value.strip()
    if len(text) != _HEX_LENGTH or not text.isascii() or not text.isalnum():
        return None
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


class BadSecret(ValueError):
    """
    A signing secret is not `whsec_` followed by base64: our own setting is wrong, not the webhook.
    """


def standard_key(secret: str) -> bytes:
    """
    The HMAC key of a signing secret: its decoded bytes.  Raises `BadSecret`.
    """
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSecret("a signing secret is whsec_ followed by base64") from error


def is_signing_secret(secret: str) -> bool:
    """
    Whether this can be a Standard Webhooks secret: an optional `whsec_`, then base64 of at least one byte.
    """
    try:
        return bool(standard_key(secret))
    except BadSecret:
        return False


def check_standard(
    body: bytes,
    headers: Headers,
    secrets: Sequence[str],
    *,
    now_s: float,
    tolerance_s: float = TOLERANCE_S,
) -> Check:
    """
    Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`.  Unknown versions and malformed entries are skipped.

    Raises `BadSecret` when one of our own secrets cannot be one.
    """
    steps = _Steps()
    keys = [standard_key(secret) for secret in secrets]
    parts = _parts(headers, steps)
    if isinstance(parts, Check):
        return parts
    webhook_id, digits, claimed = parts
    prefix = f"{webhook_id}.{digits}."
    steps.right("signed bytes", f"{_short(prefix)} and the raw body, {len(body)} bytes")
    signed = prefix.encode() + body
    position = _matching(signed, claimed, keys, secrets, steps)
    if position is None:
        reason = hint_of_standard(body, signed, claimed, secrets, keys)
        return steps.end(Status.INVALID, reason)
    apart_s = now_s - int(digits)
    at = _moment(int(digits))
    if abs(apart_s) > tolerance_s:
        side = "old" if apart_s > 0 else "in the future"
        reason = f"the signed time is {abs(apart_s):.0f} s {side}; {tolerance_s:g} s are tolerated"
        steps.wrong("time", f"signed {at}, received {_moment(now_s)}: {reason}")
        return steps.end(Status.INVALID, reason, is_outside=True)
    steps.right("time", f"signed {at}, {abs(apart_s):.0f} s away; {tolerance_s:g} s are tolerated")
    return steps.end(Status.VALID, "a v1 signature over id.timestamp.body matches")


def _moment(at_s: float) -> str:
    """
    An instant for people; what no calendar holds stays a number.
    """
    try:
        return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):
        return f"{at_s:.0f} s"


def _parts(headers: Headers, steps: _Steps) -> tuple[str, str, list[bytes]] | Check:
    """
    Id, timestamp and signatures; or the check that ends because they are not there or cannot be right.
    """
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    found = {name: value for name in names if (value := header(pairs, name)) is not None}
    if not found:
        steps.wrong("headers", "there are no webhook-* headers")
        return steps.end(Status.MISSING, "there are no webhook-* headers")
    for name, value in found.items():
        steps.right("header", f"{name}: {_short(value)}")
    if len(found) < len(names):
        reason = "webhook-id, webhook-timestamp and webhook-signature belong together"
        steps.wrong("headers", reason)
        return steps.end(Status.MALFORMED, reason)
    webhook_id, digits = found["webhook-id"], found["webhook-timestamp"].strip()
    flaw = _flaw_of(webhook_id, digits)
    if flaw is not None:
        steps.wrong("form", flaw)
        return steps.end(Status.MALFORMED, flaw)
    claimed, skipped = _entries(found["webhook-signature"])
    if not claimed:
        reason = "webhook-signature has no entry that reads v1,<base64>"
        steps.wrong("form", reason)
        return steps.end(Status.MALFORMED, reason)
    noun = "signature" if len(claimed) == 1 else "signatures"
    steps.right("form", f"{len(claimed)} v1 {noun}, {skipped} other entries skipped")
    return webhook_id, digits, claimed


def _flaw_of(webhook_id: str, digits: str) -> str | None:
    if not (webhook_id.isascii() and webhook_id.isprintable()) or not (
        0 < len(webhook_id) <= _ID_LENGTH_MAX
    ):
        return f"webhook-id must be 1 to {_ID_LENGTH_MAX} printable ASCII characters"
    if not (digits.isascii() and digits.isdigit()):
        return "webhook-timestamp must be whole Unix seconds"
    if len(digits) > _TIMESTAMP_DIGITS_MAX:
        return f"webhook-timestamp must be whole Unix seconds, found {len(digits)} digits: milliseconds?"
    return None


def _entries(value: str) -> tuple[list[bytes], int]:
    """
    The decoded v1 signatures, and how many entries were something else.
    """
    found = []
    entries = [entry for entry in value.split(" ") if entry]
    for entry in entries[:_ENTRIES_MAX]:
        version, _, encoded = entry.partition(",")
        if version != "v1":
            continue
        try:
            found.append(base64.b64decode(encoded, validate=True))
        except (binascii.Error, ValueError):
            continue
    return found, len(entries) - len(found)


def _matching(
    signed: bytes,
    claimed: Sequence[bytes],
    keys: Sequence[bytes],
    secrets: Sequence[str],
    steps: _Steps,
) -> int | None:
    """
    The position of the secret that made one of the signatures, None when none did.
    """
    for position, (key, secret) in enumerate(zip(keys, secrets, strict=True), 1):
        made = hmac.digest(key, signed, "sha256")
        name = _name_of(secret, position, len(secrets))
        for entry, theirs in enumerate(claimed, 1):
            if hmac.compare_digest(made, theirs):
                steps.right("HMAC", f"made with {name}, it is v1 signature {entry}")
                return position
        begins = base64.b64encode(made).decode()[:_COMPUTED_SHOWN]
        steps.wrong("HMAC", f"made with {name}, it begins {begins}…")
    return None
