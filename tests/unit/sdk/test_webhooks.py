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
from hypothesis import given, settings
from hypothesis import strategies as st
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


def _hex(secret: bytes, message: bytes) -> str:
    return hmac.new(secret, message, hashlib.sha256).hexdigest()


def _v1(key: bytes, message: bytes) -> str:
    return "v1," + base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


DOCUMENT = '{"b":"é","a":1}'.encode()
KEY = base64.b64decode(STANDARD.removeprefix("whsec_"))
PREFIX = f"evt_1.{NOW}.".encode()
RAW = SECRET.encode()

LEGACY_HINTS = [
    (_hex(RAW, b'{"b": "\xc3\xa9", "a": 1}'), "JSON with spaces was signed, other bytes were sent"),
    (
        _hex(RAW, b'{"a":1,"b":"\xc3\xa9"}'),
        "JSON with sorted members was signed, other bytes were sent",
    ),
    (_hex(RAW, b'{"b":"\\u00e9","a":1}'), "JSON with escapes was signed, other bytes were sent"),
    (_hex(b"test_abc123", DOCUMENT), "the secret was used without its whsec_"),
    (_hex(RAW + b"\n", DOCUMENT), "the secret was used with a line end behind it"),
    (_hex(RAW + b" ", DOCUMENT), "the secret was used with space around it"),
    (_hex(b"", DOCUMENT), "an empty secret was used"),
    (_hex(b"another", DOCUMENT), "no known secret made this signature over these bytes"),
]


@pytest.mark.parametrize(("signature", "reason"), LEGACY_HINTS, ids=[h[1][:30] for h in LEGACY_HINTS])  # fmt: skip
def test_the_reason_names_the_senders_mistake(signature: str, reason: str) -> None:
    """
    The usual ones.
    """
    check = webhooks.check_legacy(DOCUMENT, {"X-Webhook-Signature": signature}, [SECRET])

    assert (check.status, check.reason) == (Status.INVALID, reason)


STANDARD_HINTS = [
    (
        _v1(STANDARD.encode(), PREFIX + DOCUMENT),
        "the secret was used as text; its base64 must be decoded first",
    ),
    (_v1(KEY, DOCUMENT), "the body alone was signed; id.timestamp.body must be"),
    (
        _v1(KEY, f"{NOW}.".encode() + DOCUMENT),
        "timestamp.body was signed; id.timestamp.body must be",
    ),
    (
        _v1(KEY, PREFIX + b'{"b": "\xc3\xa9", "a": 1}'),
        "JSON with spaces was signed, other bytes were sent",
    ),
    (
        _v1(b"another", PREFIX + DOCUMENT),
        "no v1 entry was made with a known secret over id.timestamp.body",
    ),
]


@pytest.mark.parametrize(("signature", "reason"), STANDARD_HINTS, ids=[h[1][:30] for h in STANDARD_HINTS])  # fmt: skip
def test_the_reason_names_the_mistake_in_standard_webhooks(signature: str, reason: str) -> None:
    """
    The usual ones.
    """
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(NOW),
        "webhook-signature": signature,
    }

    check = webhooks.check_standard(DOCUMENT, headers, [STANDARD], now_s=NOW)

    assert (check.status, check.reason) == (Status.INVALID, reason)


def test_a_secret_with_bytes_in_it_is_text_here() -> None:
    """
    A `whsec_` secret's decoded bytes are the other family's key.
    """
    signature = _hex(KEY, DOCUMENT)

    check = webhooks.check_legacy(DOCUMENT, {"X-Webhook-Signature": signature}, [STANDARD])

    assert "decoded bytes" in check.reason


def test_during_overlap_either_secret_will_do() -> None:
    """
    The old one's signature stands in a header of its own; alone it is not enough.
    """
    old, new = "whsec_old", "whsec_new"
    headers = {
        "X-Webhook-Signature": _hex(new.encode(), DOCUMENT),
        "X-Webhook-Signature-Old": _hex(old.encode(), DOCUMENT),
    }

    for secrets in ([new], [old], [new, old]):
        assert webhooks.check_legacy(DOCUMENT, headers, secrets).status is Status.VALID
    assert webhooks.check_legacy(DOCUMENT, headers, ["whsec_x"]).status is Status.INVALID
    del headers["X-Webhook-Signature"]
    assert webhooks.check_legacy(DOCUMENT, headers, [old]).status is Status.MISSING


def test_steps_show_the_beginning_of_a_secret_and_of_what_was_made() -> None:
    """
    Enough to see which secret it was, too little to forge with.
    """
    checks = [
        webhooks.check_legacy(DOCUMENT, {"X-Webhook-Signature": "0" * 64}, [SECRET]),
        webhooks.check_standard(
            DOCUMENT, {**_sign(b"other"), "webhook-id": "evt_1"}, [STANDARD], now_s=NOW
        ),
    ]
    shown = " ".join(step.detail for check in checks for step in check.steps)

    assert "whsec_te…" in shown
    assert not any(secret[9:] in shown for secret in (SECRET, STANDARD))
    assert _hex(RAW, DOCUMENT)[:8] in shown
    assert _hex(RAW, DOCUMENT)[:9] not in shown
    assert [step.is_right for step in checks[0].steps] == [True, True, True, False]


def test_a_family_without_a_secret_is_not_looked_at() -> None:
    """
    Who has one secret can verify with it; who has none cannot verify.
    """
    headers = _sign(b"{}")

    webhooks.verify(b"{}", headers, webhook_secrets=[SECRET], now_s=NOW)
    webhooks.verify(b"{}", headers, signing_secrets=[STANDARD], now_s=NOW)
    with pytest.raises(webhooks.SignatureMissing):
        webhooks.verify(b"{}", {"X-Webhook-Signature": "0" * 64}, signing_secrets=[STANDARD])
    with pytest.raises(ValueError, match="needs webhook_secrets"):
        webhooks.verify(b"{}", headers)


def test_events_are_read_after_they_are_verified() -> None:
    """
    Id, type and data; what is no event is told apart from what is forged.
    """
    body = b'{"event":"payment.success","timestamp":1,"data":{"payment":{"id":"pay_1"}}}'
    event = webhooks.read_event(body, _sign(body), webhook_secrets=[SECRET], now_s=NOW)

    assert (event.id, event.type, event.data) == (
        "evt_1",
        "payment.success",
        {"payment": {"id": "pay_1"}},
    )
    for nonsense in (b"", b"[]", b'{"event":7}', b"[" * 100_000):
        with pytest.raises(webhooks.PayloadUnreadable):
            webhooks.read_event(nonsense, _sign(nonsense), webhook_secrets=[SECRET], now_s=NOW)
        with pytest.raises(webhooks.SignatureInvalid):
            webhooks.read_event(nonsense, _sign(b"x"), webhook_secrets=[SECRET], now_s=NOW)


def test_what_we_sign_the_official_library_accepts() -> None:
    """
    And its own `sign` is accepted above: neither is measured by itself alone.
    """
    now_s = int(datetime.now(UTC).timestamp())
    headers = webhooks.sign(
        b'{"a":1}', webhook_id="evt_7", timestamp_s=now_s, signing_secrets=[STANDARD]
    )

    assert Webhook(STANDARD).verify(b'{"a":1}', headers) == {"a": 1}


@settings(deadline=None)
@given(
    headers=st.dictionaries(
        st.sampled_from(
            [
                "X-Webhook-Signature",
                "X-Webhook-Signature-Old",
                "webhook-id",
                "webhook-timestamp",
                "webhook-signature",
            ]
        ),
        st.one_of(
            st.text(), st.from_regex(r"v1,[A-Za-z0-9+/=]{0,60}"), st.integers(0, 10**13).map(str)
        ),
    ),
    body=st.binary(max_size=60),
)
def test_strangers_can_raise_webhook_errors_only(headers: dict[str, str], body: bytes) -> None:
    """
    Whatever text stands in the headers, lone surrogates included.
    """
    with pytest.raises(webhooks.WebhookError):
        _verify(body, headers)


def test_our_own_bad_secret_is_told_apart() -> None:
    """
    A ValueError at once: the setting is wrong, not the webhook.
    """
    with pytest.raises(webhooks.BadSecret):
        webhooks.verify(b"{}", _sign(b"{}"), signing_secrets=["whsec_###"], now_s=NOW)


@pytest.mark.parametrize("spoil", [b"%s\n", b" %s", b"\xef\xbb\xbf%s", b"%s\0"])
@pytest.mark.parametrize("family", ["X-Webhook-Signature", "webhook-signature"])
def test_bytes_around_the_body_are_part_of_it(family: str, spoil: bytes) -> None:
    """
    Space, line ends, a byte order mark: each family alone refuses them.
    """
    headers = _sign(DOCUMENT)
    for name in {"X-Webhook-Signature": ["webhook-id", "webhook-timestamp", "webhook-signature"]}.get(family, ["X-Webhook-Signature"]):  # fmt: skip
        del headers[name]

    _verify(DOCUMENT, headers)
    with pytest.raises(webhooks.SignatureInvalid):
        _verify(spoil % DOCUMENT, headers)
