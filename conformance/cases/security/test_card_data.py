"""
Card data and error bodies.
"""

import pytest

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import CARD, Gateway, PaymentSeen
from conformance.harness.verdict import Level


@requirement("PGC-SEC-001", source="contract 1.5.2", level=Level.SAFETY)
async def test_card_number_is_never_returned(gateway: Gateway) -> None:
    """
    No answer about a card payment MUST ever carry the card number or CVV member.

    Looks at the creation and at the payment read back.
    """
    order_id = await gateway.order()
    created = await gateway.create_payment(order_id, method="card", card=CARD)
    payment_id = str(expect.field(created, "id"))

    read = await gateway.get("payment", payment_id=payment_id)

    expect.status(read, 200)
    names = ("cvv", "card_cvv", "card_number")
    members = {f"member {name}": f'"{name}"' for name in names}
    expect.never_shows([created, read], {"card number": CARD["number"], **members})


@requirement("PGC-SEC-010", source="contract 1.5.2; wild-bugs M46", level=Level.SAFETY)
async def test_no_answer_about_a_card_payment_shows_the_card(
    gateway: Gateway, carded: PaymentSeen
) -> None:
    """
    Capture, refund and lists of a card payment MUST NOT show the card number.
    """
    answers = [
        await gateway.get("payment", payment_id=carded.id),
        await gateway.refund(carded.id, carded.amount_minor + 1),
        await gateway.get("payment_state", payment_id=carded.id),
        await gateway.get("webhooks", query="limit=20"),
    ]

    expect.precondition_shown(answers[0], "1111", "the last four digits")
    expect.never_shows(
        answers, {"card number": CARD["number"], "its first part": CARD["number"][:12]}
    )


@requirement("PGC-SEC-011", source="reliability 4 C 38", level=Level.SAFETY)
async def test_refused_cards_are_not_repeated(gateway: Gateway) -> None:
    """
    The refusal of a card MUST NOT repeat its number or its CVV.
    """
    numbers = {"wrong number": "4111111111111112", "expired number": "5111111111111118"}
    wrong = await gateway.card_payment(number=numbers["wrong number"], cvv="7391")
    expired = await gateway.card_payment(
        number=numbers["expired number"], expiry_year="2020", cvv="7391"
    )

    expect.precondition_statuses([wrong, expired], range(400, 500), "refusals of cards")
    expect.never_shows([wrong, expired], {**numbers, "CVV": "7391"})


@requirement("PGC-SEC-012", source="reliability 4 C 40", level=Level.SAFETY)
async def test_expiry_and_holder_are_not_returned(gateway: Gateway, carded: PaymentSeen) -> None:
    """
    A payment SHOULD NOT show the card's expiry date or holder.
    """
    answer = await gateway.get("payment", payment_id=carded.id)

    expect.status(answer, 200)
    names = ("expiry_month", "expiry_year", "card_expiry", "holder_name", "card_holder_name")
    shown = [name for name in names if f'"{name}"' in answer.body.decode()]
    expect.that(not shown, f"expected no {', '.join(shown)} in the answer")


@requirement("PGC-SEC-013", source="wild-bugs M53", needs=("public_routes",), level=Level.SAFETY)
async def test_public_payment_shows_no_inside(gateway: Gateway, carded: PaymentSeen) -> None:
    """
    The public view of a card payment MUST NOT show card data, merchant or bank references.
    """
    answer = await gateway.get("payment_public", auth={}, payment_id=carded.id)

    expect.status(answer, 200)
    expect.equal(expect.field(answer, "id"), carded.id, "id")
    inside = {
        "merchant_id", "merchant", "api_key", "api_secret", "webhook_secret", "card_number", "cvv", "card_cvv", "card_expiry", "expiry_month",
        "expiry_year", "card_token", "bank_reference", "bank_request_id", "metadata",
    }  # fmt: skip
    shown = sorted(set(answer.document) & inside)
    expect.that(not shown, f"expected a reduced payment, got also {', '.join(shown)}")


@requirement("PGC-SEC-014", source="wild-bugs M49", level=Level.SAFETY)
async def test_ordinary_answers_show_no_secret(gateway: Gateway, paid: PaymentSeen) -> None:
    """
    Orders, payments, deliveries and job counts MUST NOT show the API secret or the webhook secret.
    """
    auth = gateway.profile.auth
    answers = [
        await gateway.get("order", order_id=paid.order_id),
        await gateway.get("payment", payment_id=paid.id),
        await gateway.get("webhooks", query="limit=20"),
        await gateway.get("jobs_status", auth={}),
    ]

    expect.status(answers[1], 200)
    expect.never_shows(
        answers, {"API secret": auth["secret"], "webhook secret": auth["webhook_secret"]}
    )


@requirement("PGC-SEC-002", source="reliability 4 A", level=Level.SAFETY)
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"[]", id="array"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"amount": NaN}', id="nan"),
        pytest.param(b"[" * 50_000, id="deep"),
        pytest.param(b'{"amount": 1' + b"0" * 400 + b"}", id="huge-number"),
        pytest.param(b'{"amount": 50000, "receipt": "\\u0000"}', id="nul"),
    ],
)
async def test_hostile_bodies_do_not_break_the_gateway(gateway: Gateway, raw: bytes) -> None:
    """
    A hostile request body SHOULD be refused with 4xx, never answered with a 5xx status.
    """
    answer = await gateway.client.send("POST", gateway.profile.path("orders"), raw=raw)

    expect.that(answer.status < 500, f"expected no 5xx, got {answer.summary}")
