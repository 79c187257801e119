"""
Settings, CSP sources, origins, and what the shop's server computes.
"""

import pytest

from sdk.checkout.config import BadSetting, Settings
from sdk.checkout.merchant import checkout_signature, inbox_of
from sdk.checkout.policies import BadSource, merchant_origins, parse_sources


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "65536"),
        ("PORT", "x"),
        ("API_URL", "javascript:1"),
        ("API_URL", "http://a?b=c"),
        ("TEST_MODE", "maybe"),
        ("FRAME_ANCESTORS", "https://a.example; script-src *"),
        ("CHALLENGE_SOURCES", "*"),
        ("TEST_API_KEY", "key_live_1"),
        ("PAYMENT_TIMEOUT_S", "-1"),
    ],
)
def test_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"^{name}"):
        Settings.from_env({name: value})


def test_addresses_for_browsers_follow_the_servers_unless_given() -> None:
    plain = Settings.from_env({"API_URL": "http://api:8000/", "BANK_URL": "http://bank:9000"})
    given = Settings.from_env(
        {
            "API_URL": "http://api:8000",
            "PUBLIC_API_URL": "https://api.example",
            "BANK_URL": "http://bank:9000",
            "BANK_PUBLIC_URL": "https://bank.example",
            "RECEIVER_URL": "http://receiver:4000",
            "PUBLIC_RECEIVER_URL": "http://localhost:4000",
        }
    )

    assert (plain.public_api_url, plain.challenge_sources) == (
        "http://api:8000",
        ("http://bank:9000",),
    )
    assert (given.api_url, given.public_api_url) == ("http://api:8000", "https://api.example")
    assert given.challenge_sources == ("https://bank.example",)
    assert given.public_receiver_url == "http://localhost:4000"


@pytest.mark.parametrize(
    "source",
    ["*", "https://", "https://a.example/path", "'unsafe-inline'", "data:", "https://a b", "https://*.*.example"],
)  # fmt: skip
def test_other_sources_are_refused(source: str) -> None:
    with pytest.raises(BadSource):
        parse_sources([source])


def test_none_stands_alone() -> None:
    assert parse_sources(["'none'"]) == ("'none'",)
    with pytest.raises(BadSource):
        parse_sources(["'none'", "'self'"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ([], None),
        ("https://a.example", None),
        (["https://a.example", "https://*.example", "https://b.example/", 7], ("https://a.example",)),
        (["https://*"], ()),
        (["https://a.example; script-src *"], ()),
    ],
)  # fmt: skip
def test_bad_origin_opens_the_page_to_nobody(value: object, expected: object) -> None:
    assert merchant_origins(value) == expected


@pytest.mark.parametrize(
    ("url", "inbox"),
    [
        ("http://127.0.0.1:4000/webhook", "default"),
        ("http://127.0.0.1:4000/webhook/demo", "demo"),
        ("http://localhost:4000/webhook/demo", "demo"),
        ("http://localhost:4001/webhook/demo", None),
        ("https://shop.example/webhook", None),
        ("http://127.0.0.1:4000/webhooks", None),
    ],
)
def test_receivers_inbox_is_recognised(url: str, inbox: str | None) -> None:
    assert inbox_of(url, "http://127.0.0.1:4000") == inbox


def test_checkout_signature_is_the_written_one() -> None:
    """
    Computed with openssl dgst -sha256 -hmac whsec_test_abc123.
    """
    signature = checkout_signature(
        "whsec_test_abc123",
        order_id="order_NXhj67fGH2jk9mPq",
        payment_id="pay_H8sK3jD9s2L1pQr5",
    )

    assert signature == "da9b60a6989d3df57116871b9581c9b9aed02376b4e4db840ff1d90631579754"
