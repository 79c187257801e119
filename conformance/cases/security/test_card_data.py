"""
Card data and error bodies.
"""

import pytest

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import CARD, Gateway
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

    for answer in (created, read):
        expect.that(
            CARD["number"].encode() not in answer.body, "expected no card number in the answer"
        )
        for name in (b'"cvv"', b'"card_cvv"', b'"card_number"'):
            expect.that(
                name not in answer.body, f"expected no member {name.decode()} in the answer"
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
