"""
Payments: creation and outcome.
"""

import pytest

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import CARD, Gateway
from conformance.harness.verdict import Level


@requirement("PGC-PAY-001", source="contract 1.5.2")
async def test_upi_payment_is_created_pending(gateway: Gateway) -> None:
    """
    POST /payments with a VPA MUST answer 201 with status `pending`, without waiting for the bank.
    """
    order_id = await gateway.order()

    answer = await gateway.upi_payment(order_id)

    expect.status(answer, 201)
    expect.equal(expect.field(answer, "status"), "pending", "status")
    expect.equal(expect.field(answer, "order_id"), order_id, "order_id")
    expect.equal(expect.field(answer, "vpa"), "payer@bank", "vpa")


@requirement("PGC-PAY-002", source="contract 1.5.2", level=Level.SAFETY)
async def test_amount_comes_from_the_order(gateway: Gateway) -> None:
    """
    A payment's amount and currency MUST come from the order, whatever the caller sends.
    """
    order_id = await gateway.order(73_500)

    answer = await gateway.create_payment(
        order_id, method="upi", vpa="payer@bank", amount=100, currency="USD"
    )

    expect.status(answer, 201)
    expect.equal(expect.field(answer, "amount"), 73_500, "amount")
    expect.equal(expect.field(answer, "currency"), "INR", "currency")


@requirement("PGC-PAY-003", source="contract 1.4")
async def test_payment_id_has_the_form(gateway: Gateway) -> None:
    """
    A payment's id MUST be `pay_` followed by exactly 16 alphanumerics.
    """
    payment = await gateway.pending_payment()

    expect.matches(payment.id, r"pay_[A-Za-z0-9]{16}", "id")


@requirement("PGC-PAY-004", source="contract 1.5.2")
async def test_card_payment_shows_network_and_last_four(gateway: Gateway) -> None:
    """
    A card payment MUST answer 201 with `card_network` and `card_last4`.
    """
    order_id = await gateway.order()

    answer = await gateway.create_payment(order_id, method="card", card=CARD)

    expect.status(answer, 201)
    expect.equal(expect.field(answer, "card_network"), "visa", "card_network")
    expect.equal(expect.field(answer, "card_last4"), "1111", "card_last4")


@requirement("PGC-PAY-005", source="contract 1.5.2")
@pytest.mark.parametrize(
    "vpa",
    [
        pytest.param("no-handle", id="no-handle"),
        pytest.param("two@at@signs", id="two-at-signs"),
        pytest.param("spa ce@bank", id="space"),
        pytest.param("@bank", id="no-name"),
        pytest.param("payer@", id="no-bank"),
    ],
)
async def test_malformed_vpa_is_refused(gateway: Gateway, vpa: str) -> None:
    """
    A malformed VPA MUST be refused with 400 INVALID_VPA.
    """
    order_id = await gateway.order()

    answer = await gateway.upi_payment(order_id, vpa=vpa)

    expect.refusal(answer, 400, "INVALID_VPA")


@requirement("PGC-PAY-006", source="contract 1.5.2")
@pytest.mark.parametrize(
    "number",
    [
        pytest.param("4111111111111112", id="luhn"),
        pytest.param("411111111111", id="too-short"),
        pytest.param("41111111111111111111", id="too-long"),
        pytest.param("4111abcd11111111", id="letters"),
    ],
)
async def test_wrong_card_number_is_refused(gateway: Gateway, number: str) -> None:
    """
    A card number with a wrong check digit, length or alphabet MUST be refused with 400 INVALID_CARD.
    """
    order_id = await gateway.order()

    answer = await gateway.create_payment(order_id, method="card", card={**CARD, "number": number})

    expect.refusal(answer, 400, "INVALID_CARD")


@requirement("PGC-PAY-007", source="contract 1.5.2")
@pytest.mark.parametrize(
    ("month", "year"),
    [("01", "2020"), ("13", "2035"), ("00", "2035")],
    ids=["past", "month-13", "month-0"],
)
async def test_expired_card_is_refused(gateway: Gateway, month: str, year: str) -> None:
    """
    A card whose expiry is past or no month of a year MUST be refused with 400 EXPIRED_CARD.
    """
    order_id = await gateway.order()
    card = {**CARD, "expiry_month": month, "expiry_year": year}

    answer = await gateway.create_payment(order_id, method="card", card=card)

    expect.refusal(answer, 400, "EXPIRED_CARD")


@requirement("PGC-PAY-008", source="contract 1.5.2")
async def test_unknown_method_is_refused(gateway: Gateway) -> None:
    """
    An unknown payment method MUST be refused with 400 BAD_REQUEST_ERROR.
    """
    order_id = await gateway.order()

    answer = await gateway.create_payment(order_id, method="barter")

    expect.refusal(answer, 400, "BAD_REQUEST_ERROR")


@requirement("PGC-PAY-009", source="contract 1.5.2")
async def test_payment_for_unknown_order_is_refused(gateway: Gateway) -> None:
    """
    A payment for an unknown order MUST be refused with 404 NOT_FOUND_ERROR.
    """
    answer = await gateway.upi_payment("order_zzzzzzzzzzzzzzzz")

    expect.refusal(answer, 404, "NOT_FOUND_ERROR", kind="unknown_order")


@requirement("PGC-PAY-010", source="contract 1.6")
async def test_payment_succeeds(gateway: Gateway) -> None:
    """
    In test mode a payment MUST become `success` by itself.
    """
    payment = await gateway.pending_payment(vpa="success@bank")

    decided = await gateway.decided(payment.id)

    expect.equal(decided.get("status"), "success", "status")


@requirement("PGC-PAY-011", source="contract 1.6", needs=("decline_vpa",))
async def test_declined_payment_fails_with_a_code(gateway: Gateway) -> None:
    """
    A payment that the bank declines MUST become `failed` with `error_code` and `error_description`.
    """
    payment = await gateway.pending_payment(vpa="failure@bank")

    decided = await gateway.decided(payment.id)

    expect.equal(decided.get("status"), "failed", "status")
    told = [decided.get("error_code"), decided.get("error_description")]
    expect.that(all(told), f"expected error_code and error_description, got {told}")


@requirement("PGC-PAY-012", source="contract 1.5 row 9")
async def test_payment_reads_back(gateway: Gateway) -> None:
    """
    GET /payments/{id} MUST answer 200 with the payment's order, amount and method.
    """
    payment = await gateway.pending_payment(61_900)

    answer = await gateway.get("payment", payment_id=payment.id)

    expect.status(answer, 200)
    expect.equal(expect.field(answer, "order_id"), payment.order_id, "order_id")
    expect.equal(expect.field(answer, "amount"), 61_900, "amount")
    expect.equal(expect.field(answer, "method"), "upi", "method")


@requirement("PGC-PAY-013", source="contract 1.3")
async def test_unknown_payment_is_not_found(gateway: Gateway) -> None:
    """
    GET /payments/{id} of an unknown payment MUST answer 404 NOT_FOUND_ERROR.
    """
    answer = await gateway.get("payment", payment_id="pay_zzzzzzzzzzzzzzzz")

    expect.refusal(answer, 404, "NOT_FOUND_ERROR", kind="unknown")


@requirement(
    "PGC-PAY-014", source="contract 1.5 row 10", needs=("public_routes",), level=Level.SAFETY
)
async def test_public_payment_shows_little(gateway: Gateway) -> None:
    """
    The public view of a payment MUST NOT show its merchant.
    """
    payment = await gateway.pending_payment()

    answer = await gateway.get("payment_public", auth={}, payment_id=payment.id)

    expect.status(answer, 200)
    expect.equal(expect.field(answer, "id"), payment.id, "id")
    expect.that("merchant_id" not in answer.document, "expected no merchant_id in the public view")
