"""
Cards, VPAs, money: the contract's tables.
"""

from datetime import date

import pytest

from gateway.domain.cards import luhn_ok, network_of, parse_card
from gateway.domain.errors import BadRequest, ExpiredCard, InvalidCard, InvalidVpa
from gateway.domain.money import currency_exponent, format_minor, is_currency, parse_amount_minor
from gateway.domain.vpa import parse_vpa

TODAY = date(2026, 11, 21)
GOOD = {"number": "4111 1111-1111 1111", "expiry_month": "11", "expiry_year": "26", "cvv": "123"}
#: Source: contract 1.5.2.
NETWORKS = {
    "4111111111111111": "visa",
    "5111111111111118": "mastercard",
    "5511111111111114": "mastercard",
    "341111111111111": "amex",
    "371111111111114": "amex",
    "6011111111111117": "rupay",
    "6511111111111112": "rupay",
    "8111111111111112": "rupay",
    "8911111111111114": "rupay",
    "2211111111111114": "unknown",
    "4111111111119": "visa",
    "4111111111111111110": "visa",
}


@pytest.mark.parametrize(("pan", "network"), NETWORKS.items())
def test_networks_follow_the_contract(pan: str, network: str) -> None:
    """
    The contract's own Luhn-valid numbers.
    """
    assert luhn_ok(pan)
    assert network_of(pan) == network


def test_card_is_valid_through_its_month() -> None:
    """
    Spaces and dashes are stripped, two-digit years are of this century.
    """
    card = parse_card(GOOD, today=TODAY)

    assert (card.pan, card.last4, card.expiry_year) == ("4111111111111111", "1111", 2026)
    assert "4111111111111111" not in repr(card)
    assert "123" not in repr(card)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"number": "4111111111111112"}, InvalidCard),
        ({"number": "4" * 12}, InvalidCard),
        ({"number": "4" * 20}, InvalidCard),
        ({"number": "４１１１１１１１１１１１１１１１"}, InvalidCard),
        ({"number": None}, InvalidCard),
        ({"cvv": "12"}, InvalidCard),
        ({"cvv": "12345"}, InvalidCard),
        ({"cvv": "abc"}, InvalidCard),
        ({"cvv": None}, InvalidCard),
        ({"expiry_month": "10"}, ExpiredCard),
        ({"expiry_month": "13"}, ExpiredCard),
        ({"expiry_month": "00"}, ExpiredCard),
        ({"expiry_month": "1a"}, ExpiredCard),
        ({"expiry_year": "2020"}, ExpiredCard),
        ({"expiry_year": "202"}, ExpiredCard),
        ({"expiry_year": None}, InvalidCard),
    ],
    ids=str,
)
def test_wrong_cards_are_refused(change: dict[str, object], error: type[Exception]) -> None:
    """
    One wrong member each.
    """
    with pytest.raises(error):
        parse_card({**GOOD, **change}, today=TODAY)


@pytest.mark.parametrize("vpa", ["user@bank", "a.b_c-d@okaxis", "9@x9"])
def test_vpas_pass(vpa: str) -> None:
    """
    Source: contract 1.5.2.
    """
    assert parse_vpa(vpa) == vpa


@pytest.mark.parametrize(
    "vpa",
    [
        "",
        "@",
        "a@",
        "@b",
        "a@b@c",
        "a b@c",
        "a@b\n",
        "a@b.c",
        "<script>@x",
        5,
        None,
        "a" * 300 + "@b",
        "é@b",
    ],
)
def test_wrong_vpas_are_refused(vpa: object) -> None:
    """
    No newline trick, no length attack.
    """
    with pytest.raises(InvalidVpa):
        parse_vpa(vpa)


@pytest.mark.parametrize("amount", [99, 0, -1, True, 1.0, "100", None, [], 2**53], ids=str)
def test_wrong_amounts_are_refused(amount: object) -> None:
    """
    Integers in minor units and nothing else.
    """
    with pytest.raises(BadRequest):
        parse_amount_minor(amount, minimum_minor=100)


def test_minimum_is_in_the_contracts_words() -> None:
    """
    Source: contract 1.3.
    """
    with pytest.raises(BadRequest) as refusal:
        parse_amount_minor(99, minimum_minor=100)

    assert refusal.value.description == "amount must be at least 100"


def test_currencies_have_their_exponents() -> None:
    """
    Two, none, three digits; metals and tests are no currencies.
    """
    assert [currency_exponent(code) for code in ("INR", "JPY", "KWD")] == [2, 0, 3]
    assert not any(is_currency(code) for code in ("XXX", "XTS", "XAU", "inr", "₹", ""))
    assert [format_minor(50_000, "INR"), format_minor(500, "JPY"), format_minor(1, "KWD")] == [
        "500.00 INR",
        "500 JPY",
        "0.001 KWD",
    ]
