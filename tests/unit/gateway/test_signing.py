"""
Signatures against written-out vectors and the official library.
"""

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from gateway.domain import signing

SECRET = "whsec_test_abc123"
BODY = b'{"event":"payment.success","timestamp":1700000000,"data":{}}'
STANDARD = "whsec_wnU/dTajsA5waseqSk+21RJpQ+u/X1/LJFXAXQIpG3I="


def test_legacy_signature_known_answer() -> None:
    """
    Computed once with OpenSSL: openssl dgst -sha256 -hmac whsec_test_abc123.
    """
    assert (
        signing.legacy_signature(SECRET, BODY)
        == "4fef55c90cf7f4edd1bf2ae36a2ef488c54f1cb72b59d0dae50438a8f723255f"
    )


def test_official_library_accepts_the_standard_headers() -> None:
    """
    The official standardwebhooks package verifies what we sign.
    """
    now_s = int(datetime.now(UTC).timestamp())
    headers = signing.webhook_headers(
        body=BODY, webhook_id="evt_1", timestamp_s=now_s, attempt_number=2, legacy_secret=SECRET,
        legacy_secret_old="old", signing_secrets=[STANDARD, signing_other()],
    )  # fmt: skip

    assert Webhook(STANDARD).verify(BODY.decode(), headers)["event"] == "payment.success"
    assert Webhook(signing_other()).verify(BODY.decode(), headers)["event"] == "payment.success"
    assert headers["X-Webhook-Signature"] != headers["X-Webhook-Signature-Old"]
    assert headers["X-Webhook-Attempt"] == "2"


def signing_other() -> str:
    """
    An older secret during overlap.
    """
    return "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@pytest.mark.parametrize("secret", ["whsec_test_abc123", "whsec_", "abc", "whsec_AAAA", "whsec_é"])
def test_bad_signing_secrets_are_refused(secret: str) -> None:
    """
    The contract's own webhook secret is no Standard Webhooks secret.
    """
    with pytest.raises(signing.BadSigningSecret):
        signing.standard_key(secret)


@pytest.mark.parametrize(
    "payload",
    [{"a": 1.0}, {"a": 2**53}, {"1": "x"}, {"a": {"07": 1, "7": 2}}, {"a": [b"x"]}],
    ids=["float", "big", "integer-name", "nested-integer-name", "bytes"],
)
def test_payloads_that_javascript_would_change_are_refused(payload: dict[str, object]) -> None:
    """
    Source: reliability, appendix 8.
    """
    with pytest.raises(signing.UnsafePayload):
        signing.serialise(payload)


def test_serialisation_is_compact_utf8() -> None:
    """
    No spaces, no escapes of non-ASCII text.
    """
    assert (
        signing.serialise({"a": ["₹", True, None], "b": -1})
        == '{"a":["₹",true,null],"b":-1}'.encode()
    )
