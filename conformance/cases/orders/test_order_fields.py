"""
Orders: what is kept, what is refused, what the caller may not set.
"""

import asyncio
from typing import Any

import pytest

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level

#: The largest integer that a JavaScript merchant reads right, and what 64 bits hold.
HUGE = [2**53, 2**63 - 1, 2**63, 10**30]


@requirement("PGC-ORD-011", source="contract 1.5.1")
async def test_smallest_amount_is_accepted(gateway: Gateway) -> None:
    """
    An order of exactly 100 minor units MUST be accepted.
    """
    answer = await gateway.create_order(amount=100, currency="INR")

    expect.status(answer, 201)
    expect.equal(expect.field(answer, "amount"), 100, "amount")


@requirement("PGC-ORD-012", source="contract 1.5 row 4")
async def test_order_has_every_member(gateway: Gateway) -> None:
    """
    A created order MUST show id, merchant_id, amount, currency, receipt, notes, status and created_at.
    """
    answer = await gateway.create_order(
        amount=50_000, currency="INR", receipt="r-12", notes={"shelf": "4"}
    )

    expect.status(answer, 201)
    expect.members(
        answer,
        ["id", "merchant_id", "amount", "currency", "receipt", "notes", "status", "created_at"],
    )


@requirement("PGC-ORD-013", source="contract 1.5.1")
async def test_notes_read_back(gateway: Gateway) -> None:
    """
    An order's notes MUST read back as they were sent.
    """
    notes = {"customer": "Asha Rao", "shelf": "4"}
    created = await gateway.create_order(amount=50_000, currency="INR", notes=notes)

    answer = await gateway.get("order", order_id=str(expect.field(created, "id")))

    expect.status(answer, 200)
    expect.equal(expect.field(answer, "notes"), notes, "notes")


@requirement("PGC-ORD-014", source="contract 1.5 row 5")
async def test_order_shows_its_last_change(gateway: Gateway, unpaid_order: str) -> None:
    """
    GET /orders/{id} MUST show `created_at` and `updated_at` as ISO 8601 instants in UTC.
    """
    answer = await gateway.get("order", order_id=unpaid_order)

    expect.status(answer, 200)
    expect.instant(expect.field(answer, "created_at"), "created_at")
    expect.instant(expect.field(answer, "updated_at"), "updated_at")


@requirement("PGC-ORD-015", source="reliability 4 A 16", level=Level.SAFETY)
async def test_caller_does_not_set_what_is_ours(gateway: Gateway) -> None:
    """
    The id, merchant, status and time of an order MUST NOT be set by the caller.
    """
    forged = {
        "id": "order_AAAAAAAAAAAAAAAA",
        "merchant_id": "11111111-1111-4111-8111-111111111111",
        "status": "paid",
        "created_at": "2001-01-01T00:00:00Z",
    }

    answer = await gateway.create_order(amount=50_000, currency="INR", **forged)

    expect.amount_kept_or_refused(answer, 50_000)
    expect.ignored_or_refused(answer, forged)


@requirement("PGC-ORD-016", source="contract 1.5.1; wild-bugs M65", level=Level.SAFETY)
@pytest.mark.parametrize(
    "amount",
    [
        pytest.param([50_000], id="array"),
        pytest.param({"$gt": 100}, id="object"),
        pytest.param("", id="empty-text"),
        pytest.param("5e4rupees", id="number-and-word"),
    ],
)
async def test_amounts_of_another_type_are_refused(gateway: Gateway, amount: Any) -> None:
    """
    An amount that is an array, an object or a word MUST be refused with a 4xx status.
    """
    answer = await gateway.create_order(amount=amount, currency="INR")

    expect.is_refused(answer)


@requirement("PGC-ORD-017", source="reliability 4 B 22", level=Level.SAFETY)
@pytest.mark.parametrize(
    "amount",
    ["50000", " 5000 ", "\u0665\u0660\u0660\u0660\u0660", "1_000"],
    ids=["digits", "blanks", "arabic", "underscore"],
)
async def test_amounts_as_text_are_refused(gateway: Gateway, amount: str) -> None:
    """
    An amount that is text SHOULD be refused with a 4xx status, not read somehow.
    """
    answer = await gateway.create_order(amount=amount, currency="INR")

    expect.is_refused(answer)


@requirement("PGC-ORD-018", source="reliability 4 B 24; wild-bugs M65", level=Level.SAFETY)
async def test_huge_amounts_are_kept_or_refused(gateway: Gateway) -> None:
    """
    An amount that the gateway cannot keep exactly MUST be refused with a 4xx status.
    """
    answers = await asyncio.gather(*(gateway.create_order(amount=n, currency="INR") for n in HUGE))

    expect.each_kept_or_refused(answers, "amount", HUGE)


@requirement(
    "PGC-ORD-019", source="reliability 4 B 25", needs=("strict_input",), level=Level.EXTENSION
)
@pytest.mark.parametrize("currency", ["inr", "XXQ", "₹", "", 356, None])
async def test_unknown_currencies_are_refused(gateway: Gateway, currency: Any) -> None:
    """
    A currency that is not an ISO 4217 code in capitals SHOULD be refused with a 4xx status.
    """
    answer = await gateway.create_order(amount=50_000, currency=currency)

    expect.is_refused(answer)


@requirement("PGC-ORD-020", source="contract 1.4; wild-bugs M71", level=Level.SAFETY)
async def test_order_ids_are_unique(gateway: Gateway) -> None:
    """
    Orders created at the same moment MUST get different ids.
    """
    answers = await gateway.together(*(gateway.create_order(amount=50_000) for _ in range(10)))

    expect.statuses(answers, [201], "created orders")
    expect.distinct([expect.field(answer, "id") for answer in answers], "order ids")


@requirement("PGC-ORD-021", source="contract 1.5 row 6", needs=("public_routes",))
async def test_public_view_of_unknown_order_is_not_found(gateway: Gateway) -> None:
    """
    The public view of an unknown order MUST be answered with 404.
    """
    answer = await gateway.get("order_public", auth={}, order_id="order_zzzzzzzzzzzzzzzz")

    expect.status(answer, 404, kind="unknown")


@requirement("PGC-ORD-022", source="contract 1.5 row 6", needs=("public_routes",))
async def test_public_order_has_its_members(gateway: Gateway, unpaid_order: str) -> None:
    """
    The public view of an order MUST show id, amount, currency and status without credentials.
    """
    answer = await gateway.get("order_public", auth={}, order_id=unpaid_order)

    expect.status(answer, 200)
    expect.fields(answer, {"id": unpaid_order, "amount": 50_000, "currency": "INR"})
    expect.members(answer, ["status"])


@requirement("PGC-ORD-023", source="contract 1.5.1")
async def test_receipt_and_notes_are_optional(gateway: Gateway) -> None:
    """
    An order with only an amount MUST be accepted as `created`.
    """
    answer = await gateway.create_order(amount=12_345)

    expect.status(answer, 201)
    expect.fields(answer, {"amount": 12_345, "status": "created"})
