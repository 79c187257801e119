"""
The path of a payment: created, decided by the bank, announced, verified by the merchant.
"""

import pytest

from tests.merchant import CARD, Merchant, wait_until


async def _events_about(
    merchant: Merchant, entity_id: str, count: int
) -> dict[str, dict[str, object]]:
    async def look() -> dict[str, dict[str, object]] | None:
        found = {
            str(d["event"]): d
            for d in await merchant.received()
            if entity_id in str(d["body_text"])
        }
        return found if len(found) >= count else None

    return await wait_until(look, what=f"{count} webhooks about {entity_id}")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        pytest.param({"method": "upi", "vpa": "success@bank"}, "success", id="upi-success"),
        pytest.param({"method": "upi", "vpa": "failure@bank"}, "failed", id="upi-failure"),
        pytest.param({"method": "card", "card": CARD}, "success", id="card-success"),
        pytest.param(
            {"method": "card", "card": {**CARD, "number": "4000000000009995"}},
            "failed",
            id="card-decline",
        ),
    ],
)
async def test_payment_goes_from_order_to_verified_webhook(
    merchant: Merchant, fields: dict[str, object], status: str
) -> None:
    """
    Pending first, then decided; three webhooks, each verified over its raw bytes under both schemes.
    """
    answer = await merchant.http.post(
        "/api/v1/payments", json={"order_id": await merchant.order(), **fields}
    )
    assert answer.status_code == 201
    assert answer.json()["status"] == "pending"
    payment_id = answer.json()["id"]

    decided = await merchant.decided(payment_id)
    found = await _events_about(merchant, payment_id, 3)

    assert decided["status"] == status
    assert set(found) == {"payment.created", "payment.pending", f"payment.{status}"}
    for delivery in found.values():
        assert delivery["verified"], delivery["signature"]
        assert delivery["signature"]["standard"]["status"] == "valid"  # type: ignore[index]
        assert not delivery["duplicate"]


async def test_declined_payment_says_why(merchant: Merchant) -> None:
    """
    The bank's decline code and our error code.
    """
    card = {**CARD, "number": "4000000000009995"}
    answer = await merchant.http.post(
        "/api/v1/payments",
        json={"order_id": await merchant.order(), "method": "card", "card": card},
    )

    decided = await merchant.decided(answer.json()["id"])

    assert (decided["error_code"], decided["decline_code"]) == (
        "PAYMENT_FAILED",
        "insufficient_funds",
    )


async def test_refund_is_processed_and_announced(merchant: Merchant) -> None:
    """
    Pending, then processed, with the events of the contract.
    """
    payment_id = await merchant.paid()
    created = await merchant.refund(payment_id, 20_000, reason="wrong size")
    assert created.status_code == 201

    found = await _events_about(merchant, created.json()["id"], 2)

    assert set(found) == {"refund.created", "refund.processed"}
    shown = (await merchant.http.get(f"/api/v1/refunds/{created.json()['id']}")).json()
    assert shown["status"] == "processed"
    assert shown["processed_at"]


async def test_manual_capture_and_void(merchant: Merchant) -> None:
    """
    A hold can be captured in part, once; or voided; never both.
    """
    captured = await merchant.paid(capture_method="manual")
    voided = await merchant.paid(capture_method="manual")

    part = await merchant.http.post(f"/api/v1/payments/{captured}/capture", json={"amount": 20_000})
    again = await merchant.http.post(
        f"/api/v1/payments/{captured}/capture", json={"amount": 20_000}
    )
    late_void = await merchant.http.post(f"/api/v1/payments/{captured}/void")
    void = await merchant.http.post(f"/api/v1/payments/{voided}/void")
    late_capture = await merchant.http.post(
        f"/api/v1/payments/{voided}/capture", json={"amount": 1}
    )
    over = await merchant.refund(captured, 20_001)

    assert [a.status_code for a in (part, again, late_void, void, late_capture, over)] == [
        200,
        400,
        400,
        200,
        400,
        400,
    ]
    assert part.json()["amount"] == 20_000
    assert void.json()["status"] == "voided"
