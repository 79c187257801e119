"""
Orders.
"""

from typing import Any

import pytest

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level


@requirement("PGC-ORD-001", source="contract 1.5.1")
async def test_order_is_created(gateway: Gateway) -> None:
    """
    POST /orders with an amount, currency and receipt MUST answer 201 with the order as `created`.
    """
    answer = await gateway.create_order(amount=50_000, currency="INR", receipt="r-1")

    expect.status(answer, 201)
    expect.equal(expect.field(answer, "amount"), 50_000, "amount")
    expect.equal(expect.field(answer, "currency"), "INR", "currency")
    expect.equal(expect.field(answer, "status"), "created", "status")


@requirement("PGC-ORD-002", source="contract 1.4")
async def test_order_id_has_the_form(gateway: Gateway) -> None:
    """
    An order's id MUST be `order_` followed by exactly 16 alphanumerics.
    """
    answer = await gateway.create_order(amount=50_000, currency="INR")

    expect.status(answer, 201)
    expect.matches(expect.field(answer, "id"), r"order_[A-Za-z0-9]{16}", "id")


@requirement("PGC-ORD-003", source="contract 1.5.1")
async def test_currency_defaults_to_inr(gateway: Gateway) -> None:
    """
    An order without a currency MUST be in INR.
    """
    answer = await gateway.create_order(amount=50_000)

    expect.status(answer, 201)
    expect.equal(expect.field(answer, "currency"), "INR", "currency")


@requirement("PGC-ORD-004", source="contract 1.5.1")
@pytest.mark.parametrize("amount", [99, 0, -1], ids=["below-minimum", "zero", "negative"])
async def test_small_amounts_are_refused(gateway: Gateway, amount: int) -> None:
    """
    An order below the minimum of 100 minor units MUST be refused with 400 BAD_REQUEST_ERROR.
    """
    answer = await gateway.create_order(amount=amount, currency="INR")

    expect.refusal(answer, 400, "BAD_REQUEST_ERROR")


@requirement("PGC-ORD-005", source="contract 1.5.1")
@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="missing"),
        pytest.param({"amount": "abc"}, id="word"),
        pytest.param({"amount": 500.5}, id="fraction"),
        pytest.param({"amount": True}, id="boolean"),
        pytest.param({"amount": None}, id="null"),
    ],
)
async def test_amounts_that_are_no_integers_are_refused(
    gateway: Gateway, fields: dict[str, Any]
) -> None:
    """
    An order whose amount is missing or not an integer MUST be refused with a 4xx status.
    """
    answer = await gateway.create_order(currency="INR", **fields)

    expect.is_refused(answer)


@requirement("PGC-ORD-006", source="contract 1.5.1")
async def test_order_reads_back(gateway: Gateway) -> None:
    """
    GET /orders/{id} MUST answer 200 with the amount, currency and receipt that were sent.
    """
    created = await gateway.create_order(amount=61_900, currency="INR", receipt="r-6")

    answer = await gateway.get("order", order_id=str(expect.field(created, "id")))

    expect.status(answer, 200)
    expect.equal(expect.field(answer, "amount"), 61_900, "amount")
    expect.equal(expect.field(answer, "currency"), "INR", "currency")
    expect.equal(expect.field(answer, "receipt"), "r-6", "receipt")


@requirement("PGC-ORD-007", source="contract 1.3")
async def test_unknown_order_is_not_found(gateway: Gateway) -> None:
    """
    GET /orders/{id} of an unknown order MUST answer 404 NOT_FOUND_ERROR.
    """
    answer = await gateway.get("order", order_id="order_zzzzzzzzzzzzzzzz")

    expect.refusal(answer, 404, "NOT_FOUND_ERROR", kind="unknown")


@requirement("PGC-ORD-008", source="contract 1.4")
async def test_order_times_are_utc(gateway: Gateway) -> None:
    """
    An order's `created_at` MUST be an ISO 8601 instant in UTC.
    """
    answer = await gateway.create_order(amount=50_000, currency="INR")

    expect.status(answer, 201)
    expect.instant(expect.field(answer, "created_at"), "created_at")


@requirement(
    "PGC-ORD-009", source="contract 1.5 row 6", needs=("public_routes",), level=Level.SAFETY
)
async def test_public_order_shows_little(gateway: Gateway) -> None:
    """
    The public view of an order MUST NOT show its merchant, receipt or notes.
    """
    order_id = await gateway.order()

    answer = await gateway.get("order_public", auth={}, order_id=order_id)

    expect.status(answer, 200)
    expect.equal(expect.field(answer, "amount"), 50_000, "amount")
    shown = {"merchant_id", "receipt", "notes"} & set(answer.document)
    expect.that(
        not shown, f"expected id, amount, currency and status only, got also {sorted(shown)}"
    )


@requirement("PGC-ORD-010", source="contract 1.14 item 6")
async def test_malformed_json_is_refused(gateway: Gateway) -> None:
    """
    A body that is not JSON SHOULD be refused with 4xx and the JSON error envelope.
    """
    answer = await gateway.client.send("POST", gateway.profile.path("orders"), raw=b'{"amount": 5')

    expect.is_refused(answer)
    expect.that(answer.document is not None, f"expected a JSON error, got {answer.summary}")
