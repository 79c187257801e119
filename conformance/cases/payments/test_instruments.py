"""
Payments: VPAs and cards.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import CARD, Gateway
from conformance.harness.verdict import Level

#: Luhn-valid test numbers and their networks by the contract's table.
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
    "5611111111111113": "unknown",
}


@requirement("PGC-PAY-015", source="contract 1.5.2; wild-bugs M70")
async def test_networks_follow_the_table(gateway: Gateway) -> None:
    """
    A card's network MUST be told by the contract's table: visa, mastercard 51-55, amex, rupay, else unknown.
    """
    answers = await asyncio.gather(*(gateway.card_payment(number=number) for number in NETWORKS))

    expect.statuses(answers, [201], "card payments")
    shown = [expect.field(await gateway.shown_card(a), "card_network") for a in answers]
    expect.equal(shown, list(NETWORKS.values()), f"the networks of {[n[:2] for n in NETWORKS]}")


@requirement("PGC-PAY-016", source="contract 1.5.2")
@pytest.mark.parametrize(
    "number", ["4111 1111 1111 1111", "4111-1111-1111-1111"], ids=["spaces", "dashes"]
)
async def test_spaces_and_dashes_are_stripped(gateway: Gateway, number: str) -> None:
    """
    A card number with spaces or dashes MUST be accepted as the same number without them.
    """
    answer = await gateway.card_payment(number=number)

    expect.status(answer, 201)
    shown = await gateway.shown_card(answer)
    expect.fields(shown, {"card_network": "visa", "card_last4": "1111"})


@requirement("PGC-PAY-017", source="contract 1.5.2")
@pytest.mark.parametrize(
    ("number", "last4"),
    [("4111111111119", "1119"), ("4111111111111111110", "1110")],
    ids=["13-digits", "19-digits"],
)
async def test_shortest_and_longest_numbers_are_accepted(
    gateway: Gateway, number: str, last4: str
) -> None:
    """
    A card number of 13 or of 19 digits MUST be accepted.
    """
    answer = await gateway.card_payment(number=number)

    expect.status(answer, 201)
    shown = await gateway.shown_card(answer)
    expect.equal(expect.field(shown, "card_last4"), last4, "card_last4")


@requirement("PGC-PAY-018", source="contract 1.5.2")
async def test_year_may_have_two_digits(gateway: Gateway) -> None:
    """
    A two-digit expiry year MUST be read as 20YY.
    """
    accepted = await gateway.card_payment(expiry_year="35")
    refused = await gateway.card_payment(expiry_year="20")

    expect.status(accepted, 201)
    expect.refusal(refused, 400, "EXPIRED_CARD")


async def _today(gateway: Gateway) -> datetime:
    """
    The target's own date.
    """
    created = await gateway.create_order(amount=50_000, currency="INR")
    return expect.instant(expect.field(created, "created_at"), "created_at")


@requirement("PGC-PAY-019", source="contract 1.5.2")
async def test_card_is_valid_through_its_month(gateway: Gateway) -> None:
    """
    A card that expires this month MUST be accepted.
    """
    today = await _today(gateway)

    answer = await gateway.card_payment(
        expiry_month=f"{today.month:02d}", expiry_year=str(today.year)
    )

    expect.status(answer, 201)


@requirement("PGC-PAY-020", source="contract 1.5.2; wild-bugs M67")
async def test_card_of_last_month_is_expired(gateway: Gateway) -> None:
    """
    A card that expired last month MUST be refused with 400 EXPIRED_CARD.
    """
    before = (await _today(gateway)).replace(day=1) - timedelta(days=1)

    answer = await gateway.card_payment(
        expiry_month=f"{before.month:02d}", expiry_year=str(before.year)
    )

    expect.refusal(answer, 400, "EXPIRED_CARD")


@requirement("PGC-PAY-021", source="contract 1.5.2")
@pytest.mark.parametrize("left_out", ["number", "expiry_month", "expiry_year"])
async def test_incomplete_cards_are_refused(gateway: Gateway, left_out: str) -> None:
    """
    A card without number, month or year MUST be refused with a 4xx status.
    """
    answer = await gateway.card_payment(**{left_out: None})

    expect.is_refused(answer)


@requirement("PGC-PAY-022", source="contract 1.5.2")
@pytest.mark.parametrize(
    "card",
    [
        pytest.param({}, id="missing"),
        pytest.param({"card": None}, id="null"),
        pytest.param({"card": "4111111111111111"}, id="text"),
        pytest.param({"card": [CARD]}, id="array"),
    ],
)
async def test_card_payment_needs_a_card(
    gateway: Gateway, unpaid_order: str, card: dict[str, Any]
) -> None:
    """
    A card payment without a card object MUST be refused with a 4xx status.
    """
    body = {gateway.profile.field("order_id"): unpaid_order, "method": "card", **card}

    answer = await gateway.post("payments", body)

    expect.is_refused(answer)


@requirement(
    "PGC-PAY-023", source="reliability 4 C 36", needs=("strict_input",), level=Level.EXTENSION
)
@pytest.mark.parametrize("cvv", ["12", "12345", "12a", "", "\uff11\uff12\uff13"])
async def test_senseless_cvvs_are_refused(gateway: Gateway, cvv: str) -> None:
    """
    A CVV that is not three or four digits SHOULD be refused with a 4xx status.
    """
    answer = await gateway.card_payment(cvv=cvv)

    expect.is_refused(answer)


@requirement("PGC-PAY-024", source="contract 1.5.2; reliability 4 C 37; wild-bugs M67")
@pytest.mark.parametrize(
    "vpa",
    [
        pytest.param("payer@bank\n", id="line-end"),
        pytest.param("payer@bank\nx", id="two-lines"),
        pytest.param("<script>@bank", id="script"),
        pytest.param("p\u0430yer@bank", id="cyrillic"),
        pytest.param("payer@bank.com", id="dot-in-handle"),
        pytest.param("", id="empty"),
    ],
)
async def test_vpa_is_matched_whole(gateway: Gateway, unpaid_order: str, vpa: str) -> None:
    """
    A VPA that has anything beside name, at sign and handle MUST be refused with 400 INVALID_VPA.
    """
    answer = await gateway.upi_payment(unpaid_order, vpa=vpa)

    expect.refusal(answer, 400, "INVALID_VPA")


@requirement("PGC-PAY-025", source="contract 1.5.2")
async def test_every_letter_of_a_vpa_is_accepted(gateway: Gateway) -> None:
    """
    A VPA with dots, dashes, underscores, capitals and digits MUST be accepted.
    """
    answer = await gateway.upi_payment(await gateway.order(), vpa="A.b-c_9@Bank1")

    expect.status(answer, 201)
    expect.kept_or_refused(answer, "vpa", "A.b-c_9@Bank1")


@requirement("PGC-PAY-026", source="contract 1.5.2", level=Level.SAFETY)
@pytest.mark.parametrize(
    "vpa",
    [
        pytest.param({}, id="missing"),
        pytest.param({"vpa": None}, id="null"),
        pytest.param({"vpa": 12345}, id="number"),
        pytest.param({"vpa": ["payer@bank"]}, id="array"),
        pytest.param({"vpa": {"$ne": ""}}, id="object"),
    ],
)
async def test_upi_payment_needs_a_vpa(
    gateway: Gateway, unpaid_order: str, vpa: dict[str, Any]
) -> None:
    """
    A UPI payment without a VPA that is text MUST be refused with a 4xx status.
    """
    answer = await gateway.create_payment(unpaid_order, method="upi", **vpa)

    expect.is_refused(answer)


@requirement("PGC-PAY-027", source="reliability 4 C 34", level=Level.SAFETY)
@pytest.mark.parametrize(
    "number",
    [
        pytest.param(
            "\uff14\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11",
            id="full-width",
        ),
        pytest.param("4111111111111111\n", id="line-end"),
        pytest.param(
            "\u0664\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661",
            id="arabic",
        ),
        pytest.param(["4111111111111111"], id="array"),
    ],
)
async def test_numbers_in_other_digits_do_not_break(gateway: Gateway, number: Any) -> None:
    """
    A card number in other digits than ASCII MUST be refused with 4xx, or read as the same number.
    """
    answer = await gateway.card_payment(number=number)

    expect.kept_or_refused(await gateway.shown_card(answer), "card_last4", "1111")
