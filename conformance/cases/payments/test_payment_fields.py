"""
Payments: members of requests and answers, public routes, repeated attempts.
"""

from typing import Any

import pytest

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway, PaymentSeen
from conformance.harness.verdict import Level

PUBLIC = ("public_routes",)


@requirement("PGC-PAY-028", source="contract 1.5.2")
@pytest.mark.parametrize(
    ("order", "method"),
    [
        pytest.param(None, "upi", id="order-null"),
        pytest.param(12345, "upi", id="order-number"),
        pytest.param(["order_zzzzzzzzzzzzzzzz"], "upi", id="order-array"),
        pytest.param({"$ne": ""}, "upi", id="order-object"),
        pytest.param("", "upi", id="order-empty"),
    ],
)
async def test_payment_needs_the_id_of_an_order(gateway: Gateway, order: Any, method: str) -> None:
    """
    A payment whose order_id is not the text of an id MUST be refused with a 4xx status.
    """
    answer = await gateway.create_payment(order, method=method, vpa="payer@bank")

    expect.is_refused(answer)


@requirement("PGC-PAY-029", source="contract 1.5.2; wild-bugs M68")
@pytest.mark.parametrize(
    "method",
    [
        pytest.param({}, id="missing"),
        pytest.param({"method": None}, id="null"),
        pytest.param({"method": "UPI "}, id="blank"),
        pytest.param({"method": ["upi"]}, id="array"),
    ],
)
async def test_payment_needs_a_method(
    gateway: Gateway, unpaid_order: str, method: dict[str, Any]
) -> None:
    """
    A payment without a method of the contract MUST be refused with a 4xx status.
    """
    answer = await gateway.create_payment(unpaid_order, vpa="payer@bank", **method)

    expect.is_refused(answer)


@requirement("PGC-PAY-030", source="reliability 4 A 16", level=Level.SAFETY)
async def test_caller_does_not_set_the_outcome(gateway: Gateway) -> None:
    """
    The id, status, capture and time of a payment MUST NOT be set by the caller.
    """
    forged: dict[str, Any] = {
        "id": "pay_AAAAAAAAAAAAAAAA",
        "status": "success",
        "captured": True,
        "merchant_id": "11111111-1111-4111-8111-111111111111",
        "created_at": "2001-01-01T00:00:00Z",
    }

    answer = await gateway.create_payment(
        await gateway.order(), method="upi", vpa="payer@bank", **forged
    )

    expect.amount_kept_or_refused(answer, 50_000)
    expect.ignored_or_refused(answer, forged)


@requirement("PGC-PAY-031", source="contract 1.5.2")
async def test_created_payment_has_every_member(gateway: Gateway) -> None:
    """
    A created payment MUST show id, order_id, amount, currency, method, status and created_at.
    """
    answer = await gateway.upi_payment(await gateway.order(61_900))

    expect.status(answer, 201)
    expect.members(answer, ["id", "order_id", "status"])
    expect.fields(answer, {"amount": 61_900, "currency": "INR", "method": "upi"})
    expect.instant(expect.field(answer, "created_at"), "created_at")


@requirement("PGC-PAY-032", source="contract 1.4, 1.5 row 9")
async def test_payment_shows_its_last_change(gateway: Gateway, paid: PaymentSeen) -> None:
    """
    GET /payments/{id} MUST show `created_at` and `updated_at` as ISO 8601 instants in UTC.
    """
    answer = await gateway.get("payment", payment_id=paid.id)

    expect.status(answer, 200)
    created = expect.instant(expect.field(answer, "created_at"), "created_at")
    updated = expect.instant(expect.field(answer, "updated_at"), "updated_at")
    expect.that(updated >= created, f"expected updated_at from created_at on, got {updated}")


@requirement(
    "PGC-PAY-033", source="contract 1.6; wild-bugs M12", needs=("decline_vpa",), level=Level.SAFETY
)
async def test_failed_payment_stays_failed(gateway: Gateway, declined: PaymentSeen) -> None:
    """
    A failed payment MUST stay failed, whatever is tried with it.
    """
    await gateway.capture(declined.id, declined.amount_minor)
    await gateway.refund(declined.id, 100)

    answer = await gateway.get("payment", payment_id=declined.id)

    expect.status(answer, 200)
    expect.equal(expect.field(answer, "status"), "failed", "status")


@requirement("PGC-PAY-034", source="contract 1.5.1; wild-bugs M15")
async def test_order_can_be_paid_in_a_second_try(gateway: Gateway) -> None:
    """
    An order SHOULD take a second payment: the payer may try again.
    """
    order_id = await gateway.order()
    first = await gateway.upi_payment(order_id)

    second = await gateway.upi_payment(order_id)

    expect.status(first, 201)
    expect.status(second, 201)
    expect.distinct([expect.field(a, "id") for a in (first, second)], "payments")


@requirement("PGC-PAY-035", source="contract 1.4; wild-bugs M71", level=Level.SAFETY)
async def test_payment_ids_are_unique(gateway: Gateway) -> None:
    """
    Payments created at the same moment MUST get different ids.
    """
    orders = [await gateway.order() for _ in range(8)]

    answers = await gateway.together(*(gateway.upi_payment(order_id) for order_id in orders))

    expect.statuses(answers, [201], "created payments")
    expect.distinct([expect.field(answer, "id") for answer in answers], "payment ids")


@requirement("PGC-PAY-036", source="contract 1.5 row 8", needs=PUBLIC)
async def test_payer_pays_without_credentials(gateway: Gateway) -> None:
    """
    POST /payments/public MUST create a pending payment of the order without credentials.
    """
    order_id = await gateway.order(61_900)

    answer = await gateway.create_payment(
        order_id, operation="payments_public", auth={}, method="upi", vpa="payer@bank"
    )

    expect.status(answer, 201)
    expect.fields(answer, {"order_id": order_id, "amount": 61_900, "status": "pending"})
    expect.that("merchant_id" not in answer.document, "expected no merchant_id in the public view")


@requirement(
    "PGC-PAY-037", source="contract 1.5 row 8; wild-bugs M8", needs=PUBLIC, level=Level.SAFETY
)
async def test_payer_does_not_set_the_price(gateway: Gateway) -> None:
    """
    A payment from the checkout page MUST take amount and currency from the order.
    """
    answer = await gateway.create_payment(
        await gateway.order(73_500),
        operation="payments_public",
        auth={},
        method="upi",
        vpa="payer@bank",
        amount=100,
        currency="USD",
    )

    expect.kept_or_refused(answer, "amount", 73_500)
    expect.kept_or_refused(answer, "currency", "INR")


@requirement("PGC-PAY-038", source="contract 1.5 row 8", needs=PUBLIC)
async def test_public_payment_is_validated(gateway: Gateway, unpaid_order: str) -> None:
    """
    A payment from the checkout page MUST be validated like any other: a malformed VPA is refused with 400 INVALID_VPA.
    """
    answer = await gateway.create_payment(
        unpaid_order, operation="payments_public", auth={}, method="upi", vpa="no-handle"
    )

    expect.refusal(answer, 400, "INVALID_VPA")


@requirement("PGC-PAY-039", source="contract 1.5 row 8", needs=PUBLIC)
async def test_public_payment_needs_a_known_order(gateway: Gateway) -> None:
    """
    A payment from the checkout page for an unknown order MUST be refused with 404 NOT_FOUND_ERROR.
    """
    answer = await gateway.create_payment(
        "order_zzzzzzzzzzzzzzzz",
        operation="payments_public",
        auth={},
        method="upi",
        vpa="payer@bank",
    )

    expect.refusal(answer, 404, "NOT_FOUND_ERROR", kind="unknown_order")


@requirement("PGC-PAY-040", source="contract 1.5 row 10", needs=PUBLIC)
async def test_public_view_of_unknown_payment_is_not_found(gateway: Gateway) -> None:
    """
    The public view of an unknown payment MUST be answered with 404.
    """
    answer = await gateway.get("payment_public", auth={}, payment_id="pay_zzzzzzzzzzzzzzzz")

    expect.status(answer, 404, kind="unknown")


@requirement("PGC-PAY-041", source="contract 1.5 row 10", needs=PUBLIC)
async def test_public_payment_tells_the_outcome(gateway: Gateway, paid: PaymentSeen) -> None:
    """
    The public view of a payment MUST show the status that the checkout page waits for.
    """
    answer = await gateway.get("payment_public", auth={}, payment_id=paid.id)

    expect.status(answer, 200)
    expect.fields(answer, {"id": paid.id, "status": "success", "amount": paid.amount_minor})


@requirement(
    "PGC-PAY-042", source="conventions 4.5", needs=("scenario_header",), level=Level.EXTENSION
)
async def test_scenario_header_chooses_the_outcome(gateway: Gateway) -> None:
    """
    `X-Test-Scenario: insufficient_funds` SHOULD make the payment fail, whatever its VPA says.
    """
    answer = await gateway.create_payment(
        await gateway.order(),
        headers={"X-Test-Scenario": "insufficient_funds"},
        method="upi",
        vpa="success@bank",
    )
    expect.precondition(answer, 201)

    decided = await gateway.decided(str(expect.field(answer, "id")))

    expect.equal(decided.get("status"), "failed", "status")
