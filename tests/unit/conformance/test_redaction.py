"""
N19: no secret and no card number in what is written down, and no evidence lost for nothing.
"""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.harness.evidence import Exchange, Transcript
from conformance.harness.redaction import REDACTED, Redactor

SECRET = 'canary/"secret"+ä='
PAN = "4111111111111111"


def _luhn(digits: str) -> bool:
    doubled = [int(c) * (1 + i % 2) for i, c in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _check_digit(body: str) -> str:
    return next(d for d in "0123456789" if _luhn(body + d))


PANS = st.builds(
    lambda head, rest: (body := head + rest) + _check_digit(body),
    st.sampled_from("234568"),
    st.text("0123456789", min_size=11, max_size=17),
)
AROUND = st.text("0123456789 -.ab", max_size=12)


@settings(deadline=None)
@given(before=AROUND, pan=PANS, after=AROUND)
def test_no_card_number_survives_whatever_stands_beside_it(
    before: str, pan: str, after: str
) -> None:
    """
    Digits that touch it can make other card numbers with it: no tail may be left.
    """
    shown = Redactor([]).text(f"{before}{pan}{after}")

    assert pan not in shown
    left = "".join(c for c in shown if c.isdigit())
    assert pan not in left


@pytest.mark.parametrize(
    "text",
    ["4111-1111-1111-1111", "4111 1111 1111 1111", "id=x4111111111111111y", f"{PAN}{PAN}"],
    ids=["dashes", "spaces", "letters", "two in a row"],
)
def test_card_numbers_are_seen_in_every_spelling(text: str) -> None:
    """
    Separators and neighbours do not hide them.
    """
    assert "1111" not in Redactor([]).text(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T07:34:24.123456Z",
        "1763710464123",
        "a3f5" * 15 + "4111",
        "a" * 48 + PAN,
        "pay_4111111111111112",
        "50000",
    ],
    ids=["instant", "unix ms", "digest", "digest with a card's digits", "no checksum", "amount"],
)
def test_what_is_no_card_number_stays(text: str) -> None:
    """
    Evidence is not eaten.
    """
    assert Redactor([]).text(text) == text


def test_secrets_go_in_every_spelling() -> None:
    """
    As they are, in JSON, in a URL, in base64.
    """
    encoded = base64.b64encode(SECRET.encode()).decode()
    redactor = Redactor([SECRET])

    for text in (SECRET, json.dumps(SECRET), encoded, "canary%2F%22secret%22%2B%C3%A4%3D"):
        assert "canary" not in redactor.text(text)
        assert encoded[:8] not in redactor.text(text)


def test_members_that_are_secret_by_name_lose_their_value() -> None:
    """
    Nested, escaped, numbers; others keep theirs.
    """
    body = (
        '{"card":{"cvv":"123","x":1},"webhook_secret": "whsec_a\\"b","secret_valid":true,"CVC":77}'
    )
    inner = json.dumps({"error": json.dumps({"api_secret": "abc"})})
    redactor = Redactor([])

    assert json.loads(redactor.text(body)) == {
        "card": {"cvv": REDACTED, "x": 1},
        "webhook_secret": REDACTED,
        "secret_valid": True,
        "CVC": REDACTED,
    }
    assert "abc" not in redactor.text(inner)
    assert redactor.tree({"password": "x", "n": [["Authorization", "Bearer x"]]}) == {
        "password": REDACTED,
        "n": [["Authorization", REDACTED]],
    }


def test_secrets_that_a_target_makes_are_learned() -> None:
    """
    A new signing secret is gone from the answer and from whatever shows it later.
    """
    made = "whsec_made_by_the_target"
    answer = json.dumps({"webhook_secret": made}).encode()
    exchange = Exchange(
        method="POST",
        url=f"http://t/x?s={made}",
        request_headers={"X-Note": made},
        request_body=b"",
    )
    exchange.status, exchange.response_body = 200, answer
    transcript = Transcript(exchanges=[exchange], notes=[{"said": f"key {made}"}])

    shown = json.dumps(transcript.document(Redactor([])))

    assert made not in shown
    assert shown.count(REDACTED) >= 4


def test_bytes_that_are_no_text_are_searched_too() -> None:
    """
    A card number between bytes that are not UTF-8.
    """
    shown = Redactor(["topsecret"]).body(b"\xff" + PAN.encode() + b"\xfetopsecret")

    plain = base64.b64decode(shown["base64"])
    assert PAN.encode() not in plain
    assert b"topsecret" not in plain
    assert plain.startswith(b"\xff")
