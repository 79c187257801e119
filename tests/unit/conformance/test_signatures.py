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
from conformance.harness.signatures import diagnose

SECRET = "whsec_test_abc123"
DOCUMENT = {
    "event": "payment.success",
    "timestamp": 1700000000,
    "data": {"payment": {"vpa": "é@bank", "id": "pay_1"}},
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
