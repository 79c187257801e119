"""
The error envelope: its members, its words, and what it must not tell.
"""

import asyncio
from typing import Any

import pytest

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level


@requirement("PGC-ERR-001", source="contract 1.3")
async def test_refused_orders_get_the_envelope(gateway: Gateway) -> None:
    """
    A refused order MUST be answered with `error.code` and `error.description`.
    """
    answer = await gateway.create_order(amount=1, currency="INR")

    expect.is_refused(answer)
    expect.envelope(answer)


@requirement("PGC-ERR-002", source="contract 1.3; wild-bugs M57")
@pytest.mark.parametrize(
    ("operation", "unknown"),
    [
        ("order", {"order_id": "order_zzzzzzzzzzzzzzzz"}),
        ("payment", {"payment_id": "pay_zzzzzzzzzzzzzzzz"}),
        ("refund", {"refund_id": "rfnd_zzzzzzzzzzzzzzzz"}),
    ],
    ids=["order", "payment", "refund"],
)
async def test_absent_things_get_the_envelope(
    gateway: Gateway, operation: str, unknown: dict[str, Any]
) -> None:
    """
    What does not exist MUST be answered with `error.code` and `error.description`.
    """
    answer = await gateway.get(operation, **unknown)

    expect.is_refused(answer)
    expect.envelope(answer)


@requirement("PGC-ERR-003", source="contract 1.3")
async def test_refused_payments_get_the_envelope(gateway: Gateway, unpaid_order: str) -> None:
    """
    A refused payment MUST be answered with `error.code` and `error.description`.
    """
    answer = await gateway.upi_payment(unpaid_order, vpa="no-handle")

    expect.is_refused(answer)
    expect.envelope(answer)


@requirement("PGC-ERR-004", source="contract 1.3")
async def test_descriptions_are_the_contracts(gateway: Gateway, unpaid_order: str) -> None:
    """
    Refusals SHOULD be described in the contract's words: "amount must be at least 100", "Order not found", "Payment not found", "VPA format invalid".
    """
    small = await gateway.create_order(amount=99, currency="INR")
    order = await gateway.get("order", order_id="order_zzzzzzzzzzzzzzzz")
    payment = await gateway.get("payment", payment_id="pay_zzzzzzzzzzzzzzzz")
    vpa = await gateway.upi_payment(unpaid_order, vpa="no-handle")

    expect.described(small, "amount must be at least 100")
    expect.described(order, "Order not found")
    expect.described(payment, "Payment not found")
    expect.described(vpa, "VPA format invalid")


@requirement("PGC-ERR-005", source="contract 1.3")
async def test_card_refusals_are_described(gateway: Gateway) -> None:
    """
    Refused cards SHOULD be described as "Card validation failed" or "Card expiry date invalid".
    """
    number = await gateway.card_payment(number="4111111111111112")
    expiry = await gateway.card_payment(expiry_year="2020")

    expect.described(number, "Card validation failed")
    expect.described(expiry, "Card expiry date invalid")


@requirement("PGC-ERR-006", source="wild-bugs M56, M82", level=Level.SAFETY)
async def test_errors_tell_nothing_of_the_inside(gateway: Gateway, unpaid_order: str) -> None:
    """
    No error MUST ever show a stack trace, a driver's message, SQL or a place on disk.
    """
    answers = await asyncio.gather(
        gateway.create_order(amount={"a": 1}, currency="INR"),
        gateway.create_order(amount=10**30, currency="INR"),
        gateway.create_order(amount=50_000, currency="x" * 5_000),
        gateway.get("order", order_id="'"),
        gateway.get("payment", payment_id="%00"),
        gateway.get("webhooks", query="limit=abc&offset=-1"),
        gateway.post("webhook_retry", {}, webhook_id="not-a-uuid"),
        gateway.upi_payment(unpaid_order, key="k" * 300, vpa="no-handle"),
        gateway.client.send("POST", gateway.path("orders"), raw=b'{"amount": 5'),
    )

    refused = [answer for answer in answers if answer.status >= 400]
    expect.that(bool(refused), "expected some of nine wrong requests to be refused")
    expect.no_insides(answers)


@requirement("PGC-ERR-007", source="contract 1.3")
async def test_errors_are_labelled_as_json(gateway: Gateway) -> None:
    """
    Answers and errors SHOULD be sent as `application/json`.
    """
    answers = [
        await gateway.create_order(amount=50_000, currency="INR"),
        await gateway.create_order(amount=1, currency="INR"),
        await gateway.get("payment", payment_id="pay_zzzzzzzzzzzzzzzz"),
        await gateway.get("order", auth={}, order_id="order_zzzzzzzzzzzzzzzz"),
    ]

    kinds = [a.headers.get("Content-Type", "").partition(";")[0].strip() for a in answers]
    expect.equal(kinds, ["application/json"] * 4, "Content-Type")


@requirement(
    "PGC-ERR-008", source="conventions 4.3", needs=("problem_json",), level=Level.EXTENSION
)
async def test_problem_details_are_sent_on_request(gateway: Gateway) -> None:
    """
    With `Accept: application/problem+json` an error SHOULD carry the members of RFC 9457 beside the envelope.
    """
    answer = await gateway.get(
        "order",
        order_id="order_zzzzzzzzzzzzzzzz",
        headers={"Accept": "application/problem+json"},
    )

    expect.members(answer, ["type", "title", "status", "detail", "error"])
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    expect.equal(kind, "application/problem+json", "Content-Type")
