"""
What is wrong with a signature: seeded mistakes, each named.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable

import pytest

from conformance.harness.evidence import Redactor
from conformance.harness.profile import BadProfile, load_profile
from conformance.harness.signatures import diagnose, diagnose_standard, recipe

SECRET = "whsec_test_abc123"
PAYMENT = {"vpa": "é@bank", "id": "pay_1"}
DOCUMENT = {
    "event": "payment.success",
    "timestamp": 1700000000,
    "data": {"payment": PAYMENT},
}
COMPACT = json.dumps(DOCUMENT, separators=(",", ":"), ensure_ascii=False).encode()
SPACED = json.dumps(DOCUMENT, ensure_ascii=False).encode()


def _hex(key: bytes, body: bytes, algorithm: str = "sha256") -> str:
    return hmac.new(key, body, algorithm).hexdigest()


MISTAKES: dict[str, tuple[bytes, Callable[[], str | None], str]] = {
    "compact-signed-spaced-sent": (
        SPACED,
        lambda: _hex(SECRET.encode(), COMPACT),
        "signs re-serialised JSON: 9 spaces removed",
    ),
    "spaced-signed-compact-sent": (
        COMPACT,
        lambda: _hex(SECRET.encode(), SPACED),
        "signs re-serialised JSON: 9 spaces added",
    ),
    "sorted": (
        COMPACT,
        lambda: _hex(
            SECRET.encode(),
            json.dumps(
                DOCUMENT, separators=(",", ":"), sort_keys=True, ensure_ascii=False
            ).encode(),
        ),
        "signs re-serialised JSON: members sorted",
    ),
    "escaped": (
        COMPACT,
        lambda: _hex(SECRET.encode(), json.dumps(DOCUMENT, separators=(",", ":")).encode()),
        "signs re-serialised JSON: non-ASCII escaped",
    ),
    "pretty": (
        COMPACT,
        lambda: _hex(SECRET.encode(), json.dumps(DOCUMENT, indent=2, ensure_ascii=False).encode()),
        "signs pretty-printed JSON",
    ),
    "data-only": (
        COMPACT,
        lambda: _hex(
            SECRET.encode(),
            json.dumps(DOCUMENT["data"], separators=(",", ":"), ensure_ascii=False).encode(),
        ),
        "signs the data member only",
    ),
    "line-end": (
        COMPACT,
        lambda: _hex(SECRET.encode(), COMPACT + b"\n"),
        "signs the body with a line end added",
    ),
    "empty-secret": (
        COMPACT,
        lambda: _hex(b"", COMPACT),
        "signs the raw body, but with an empty secret as key",
    ),
    "without-prefix": (
        COMPACT,
        lambda: _hex(b"test_abc123", COMPACT),
        "signs the raw body, but with the secret without whsec_ as key",
    ),
    "secret-line-end": (
        COMPACT,
        lambda: _hex(SECRET.encode() + b"\n", COMPACT),
        "signs the raw body, but with the secret with a line end as key",
    ),
    "prefix": (
        COMPACT,
        lambda: "sha256=" + _hex(SECRET.encode(), COMPACT),
        "puts sha256= before the hex signature",
    ),
    "base64": (
        COMPACT,
        lambda: base64.b64encode(
            hmac.new(SECRET.encode(), COMPACT, hashlib.sha256).digest()
        ).decode(),
        "sends the signature as base64, not hex",
    ),
    "sha1": (COMPACT, lambda: _hex(SECRET.encode(), COMPACT, "sha1"), "uses HMAC-SHA1"),
    "sha512": (COMPACT, lambda: _hex(SECRET.encode(), COMPACT, "sha512"), "uses HMAC-SHA512"),
    "plain-hash": (
        COMPACT,
        lambda: hashlib.sha256(COMPACT).hexdigest(),
        "sends a plain hash, not an HMAC",
    ),
    "default-json": (
        COMPACT,
        lambda: _hex(SECRET.encode(), json.dumps(DOCUMENT).encode()),
        "signs re-serialised JSON: non-ASCII escaped, spaces added",
    ),
    "sorted-escaped": (
        COMPACT,
        lambda: _hex(
            SECRET.encode(), json.dumps(DOCUMENT, separators=(",", ":"), sort_keys=True).encode()
        ),
        "signs re-serialised JSON: members sorted, non-ASCII escaped",
    ),
    "payment-only": (
        COMPACT,
        lambda: _hex(
            SECRET.encode(),
            json.dumps(PAYMENT, separators=(",", ":"), ensure_ascii=False).encode(),
        ),
        "signs data.payment only",
    ),
    "timestamp-and-body": (
        COMPACT,
        lambda: _hex(SECRET.encode(), b"1700000000." + COMPACT),
        "signs timestamp.body, not the body",
    ),
    "double-encoded": (
        COMPACT,
        lambda: _hex(SECRET.encode(), json.dumps(COMPACT.decode(), ensure_ascii=False).encode()),
        "signs the body encoded as JSON once more",
    ),
    "decoded-secret": (
        COMPACT,
        lambda: _hex(base64.urlsafe_b64decode("test_abc123="), COMPACT),
        "signs the raw body, but with the base64-decoded secret as key",
    ),
    "cut": (
        COMPACT,
        lambda: _hex(SECRET.encode(), COMPACT)[:32],
        "cuts the hex signature to 32 of 64 digits",
    ),
    "twice": (
        COMPACT,
        lambda: _hex(SECRET.encode(), COMPACT).encode().hex(),
        "hex-encodes the signature twice",
    ),
    "another-secret": (
        COMPACT,
        lambda: _hex(b"whsec_of_somebody_else", COMPACT),
        "no known key, scheme or re-serialisation explains this signature; most likely another secret is the key",
    ),
    "two-at-once": (
        SPACED,
        lambda: base64.b64encode(hmac.new(b"", COMPACT, hashlib.sha256).digest()).decode(),
        "signs re-serialised JSON: 9 spaces removed, and with an empty secret as key, and sends the signature as base64, not hex",
    ),
    "missing": (COMPACT, lambda: None, "there is no X-Webhook-Signature header"),
    "empty": (COMPACT, lambda: "", "sends an empty signature"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_named(name: str) -> None:
    """
    N9: the diagnosis names the right mistake.
    """
    body, header, sentence = MISTAKES[name]

    diagnosis = diagnose(body, header(), SECRET)

    assert not diagnosis.valid
    assert diagnosis.sentence == sentence
    assert SECRET not in str(diagnosis.document())


def test_other_secrets_of_the_merchant_are_tried() -> None:
    """
    The API secret in the webhook secret's place.
    """
    header = _hex(b"secret_test_xyz789", COMPACT)

    diagnosis = diagnose(COMPACT, header, SECRET, others={"the API secret": "secret_test_xyz789"})

    assert diagnosis.sentence == "signs the raw body, but with the API secret as key"


def test_timestamps_of_headers_are_tried() -> None:
    """
    The scheme `timestamp.body` with milliseconds in a header of its own.
    """
    header = _hex(SECRET.encode(), b"1700000000123." + COMPACT)
    stamps = {"X-Webhook-Timestamp": "1700000000123"}

    diagnosis = diagnose(COMPACT, header, SECRET, headers=stamps.get)

    assert diagnosis.sentence == "signs timestamp.body, not the body"


def test_evidence_shows_what_was_signed() -> None:
    """
    The bytes signed, the scheme, the key's fingerprint, and where signed and sent bytes part.
    """
    shown = diagnose(SPACED, _hex(SECRET.encode(), COMPACT), SECRET).document()

    assert shown["bytes_signed"] == COMPACT.decode()
    assert shown["scheme"] == "hex HMAC-SHA256"
    assert shown["key_fingerprint"] == hashlib.sha256(SECRET.encode()).hexdigest()[:8]
    assert shown["first_differing_byte"] == {
        "offset": 9,
        "signed": COMPACT[:33].decode(),
        "sent": SPACED[:33].decode(),
    }


@pytest.mark.parametrize(
    ("body", "key", "signed", "held"),
    [
        pytest.param(COMPACT, SECRET, COMPACT, "raw and re-serialised", id="compact"),
        pytest.param(SPACED, SECRET, SPACED, "raw only", id="spaced"),
        pytest.param(SPACED, SECRET, COMPACT, "re-serialised only", id="wrong-bytes"),
        pytest.param(COMPACT, "other", COMPACT, "neither", id="wrong-key"),
        pytest.param(
            b'{"a":1.0}', SECRET, b'{"a":1}', "re-serialised only", id="javascript-number"
        ),
        pytest.param(b"no json", SECRET, b"no json", "raw only", id="no-json"),
    ],
)
def test_recipe_says_which_receivers_accept(
    body: bytes, key: str, signed: bytes, held: str
) -> None:
    """
    Contract 1.8: receivers check the raw bytes, or `JSON.stringify(JSON.parse(body))`.
    """
    assert recipe(body, _hex(key.encode(), signed), SECRET) == held


STANDARD_KEY = bytes(range(32))
STANDARD = "whsec_" + base64.b64encode(STANDARD_KEY).decode()
STAMPED = b"evt_1.1700000000." + COMPACT


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        pytest.param(STANDARD_KEY, STAMPED, "signs id.timestamp.body with the decoded signing secret", id="right"),
        pytest.param(STANDARD_KEY, COMPACT, "signs the body alone, without id and timestamp", id="body"),
        pytest.param(STANDARD.encode(), STAMPED, "uses the whole secret as key, not its decoded bytes", id="key"),
        pytest.param(b"", STAMPED, "uses an empty secret as key", id="empty"),
        pytest.param(b"x", b"y", "no known key or text explains the v1 signature", id="other"),
    ],
)  # fmt: skip
def test_standard_signatures_are_diagnosed(key: bytes, text: bytes, sentence: str) -> None:
    """
    Standard Webhooks 1.0.0.
    """
    digest = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": f"v1a,junk v1,{digest}",
    }

    diagnosis = diagnose_standard(COMPACT, headers.get, STANDARD)

    assert diagnosis.sentence == sentence
    assert diagnosis.valid == (key == STANDARD_KEY and text == STAMPED)


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ({"webhook-id": ""}, "there is no webhook-id header"),
        ({"webhook-timestamp": "soon"}, "webhook-timestamp is no whole number of seconds: 'soon'"),
        ({"webhook-signature": "v2,abc"}, "webhook-signature has no v1 entry"),
    ],
    ids=["id", "timestamp", "version"],
)
def test_malformed_standard_headers_are_named(missing: dict[str, str], sentence: str) -> None:
    """
    Headers that are missing or malformed.
    """
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": "v1,x",
    }

    assert diagnose_standard(COMPACT, (headers | missing).get, STANDARD).sentence == sentence


def test_right_signatures_verify_in_either_case() -> None:
    """
    Upper and lower hex are both fine.
    """
    good = _hex(SECRET.encode(), COMPACT)

    assert diagnose(COMPACT, good, SECRET).valid
    assert diagnose(COMPACT, good.upper(), SECRET).valid
    assert (
        diagnose(COMPACT, good[:-1] + ("0" if good[-1] != "0" else "1"), SECRET).first_difference
        == 63
    )


def test_evidence_loses_secrets_and_cards() -> None:
    """
    Known secrets and anything Luhn-valid.
    """
    redactor = Redactor([SECRET, ""])

    assert (
        redactor.text(f"{SECRET} 4111 1111 1111 1111 1795241119")
        == "[redacted] [redacted] 1795241119"
    )
    assert redactor.headers({"X-Api-Secret": "x", "A": "b"}) == {
        "X-Api-Secret": "[redacted]",
        "A": "b",
    }


def test_unknown_profiles_are_refused() -> None:
    """
    The message lists the ready ones.
    """
    with pytest.raises(BadProfile, match="canonical"):
        load_profile("nobody")
