"""
Webhook verification: random payloads, flipped bytes, malformed headers, tolerance.
"""

import base64
import hashlib
import hmac
import json
import random
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from sdk.python import webhooks
from sdk.python.webhooks import Status

SECRET = "whsec_test_abc123"
STANDARD = "whsec_wnU/dTajsA5waseqSk+21RJpQ+u/X1/LJFXAXQIpG3I="
NOW = 1_700_000_000


def _sign(body: bytes, *, at: int = NOW, webhook_id: str = "evt_1") -> dict[str, str]:
    key = base64.b64decode(STANDARD.removeprefix("whsec_"))
    digest = hmac.new(key, f"{webhook_id}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "X-Webhook-Signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest(),
        "webhook-id": webhook_id,
        "webhook-timestamp": str(at),
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }


def _verify(body: bytes, headers: dict[str, str], *, now_s: float = NOW) -> None:
    webhooks.verify(
        body, headers, webhook_secrets=[SECRET], signing_secrets=[STANDARD], now_s=now_s
    )


def test_random_payloads_verify_and_flipped_ones_do_not() -> None:
    """
    2,000 random payloads, each once as signed and once with one bit flipped.
    """
    generator = random.Random(7)
    for _ in range(2_000):
        text = "".join(
            chr(generator.choice([65, 0xE9, 0x20B9, 0x1F600, 10, 34]))
            for _ in range(generator.randrange(40))
        )
        body = json.dumps(
            {"event": "e", "n": generator.getrandbits(50), "t": text},
            separators=(",", ":"),
            ensure_ascii=False,
        ).encode()
        headers = _sign(body)
        _verify(body, headers)
        at = generator.randrange(len(body))
        flipped = body[:at] + bytes([body[at] ^ (1 << generator.randrange(8))]) + body[at + 1 :]
        with pytest.raises(webhooks.SignatureInvalid):
            _verify(flipped, headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Webhook-Signature": ""},
        {"X-Webhook-Signature": "zz"},
        {"X-Webhook-Signature": "g" * 64},
        {"X-Webhook-Signature": "é" * 64},
        {"X-Webhook-Signature": "0" * 63},
        {"webhook-id": "a"},
        {"webhook-id": "a", "webhook-timestamp": "x", "webhook-signature": "v1,AAAA"},
        {"webhook-id": "a", "webhook-timestamp": "9" * 99, "webhook-signature": "v1,AAAA"},
        {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "garbage"},
        {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1,!!!"},
        {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1a,AAAA"},
    ],
    ids=str,
)
def test_malformed_headers_are_typed_errors(headers: dict[str, str]) -> None:
    """
    Never anything but a WebhookError.
    """
    with pytest.raises(webhooks.WebhookError):
        _verify(b"{}", headers)


def test_nothing_at_all_is_missing() -> None:
    """
    The error for a webhook without signatures.
    """
    with pytest.raises(webhooks.SignatureMissing):
        _verify(b"{}", {})


def test_malformed_entries_are_skipped() -> None:
    """
    A good entry behind junk counts; junk is bounded.
    """
    headers = _sign(b"{}")
    headers["webhook-signature"] = "garbage v0,AAAA v1,??? " + headers["webhook-signature"]
    _verify(b"{}", headers)
    headers["webhook-signature"] = "x " * 20 + headers["webhook-signature"]
    with pytest.raises(webhooks.SignatureMalformed):
        _verify(b"{}", headers)


@pytest.mark.parametrize(
    ("apart_s", "passes"), [(-301, False), (-299, True), (299, True), (301, False)]
)
def test_tolerance_has_two_sides(apart_s: int, passes: bool) -> None:
    """
    Five minutes before and after.
    """
    headers = _sign(b"{}", at=NOW + apart_s)
    if passes:
        _verify(b"{}", headers)
    else:
        with pytest.raises(webhooks.TimestampOutside):
            _verify(b"{}", headers)


def test_one_bad_family_spoils_the_other() -> None:
    """
    Every family that is present must be valid.
    """
    headers = _sign(b"{}")
    headers["X-Webhook-Signature"] = "0" * 64
    with pytest.raises(webhooks.SignatureInvalid):
        _verify(b"{}", headers)


def test_the_reason_names_reserialised_json() -> None:
    """
    F143: says why.
    """
    compact, spaced = b'{"a":1}', b'{"a": 1}'
    signature = hmac.new(SECRET.encode(), compact, hashlib.sha256).hexdigest()

    check = webhooks.check_legacy(spaced, {"x-webhook-signature": signature}, [SECRET])

    assert check.status is Status.INVALID
    assert check.reason == "compact JSON was signed, other bytes were sent"


def test_the_official_library_agrees() -> None:
    """
    What it signs we accept.
    """
    at = datetime.now(UTC)
    signed = Webhook(STANDARD).sign("evt_9", at, "{}")
    headers = {
        "webhook-id": "evt_9",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signed,
    }

    webhooks.verify(b"{}", headers, signing_secrets=[STANDARD], now_s=at.timestamp())
