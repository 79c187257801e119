"""
Idempotency keys.
"""

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level

ROUNDS = 5
BURST = 10


@requirement("PGC-IDM-001", source="contract 1.5.3")
async def test_replay_is_identical(gateway: Gateway, run_seed: str) -> None:
    """
    A repeated Idempotency-Key MUST get the stored response: the same payment, the same body.
    """
    order_id = await gateway.order()
    first = await gateway.upi_payment(order_id, key=f"idm-001-{run_seed}")

    second = await gateway.upi_payment(order_id, key=f"idm-001-{run_seed}")

    expect.equal(expect.field(second, "id"), expect.field(first, "id"), "id of the replay")
    expect.equal(second.document, first.document, "body of the replay")
    expect.status(second, 201, kind="replay")


@requirement("PGC-IDM-002", source="contract 1.5.3")
async def test_other_keys_are_other_payments(gateway: Gateway, run_seed: str) -> None:
    """
    Two different Idempotency-Keys MUST NOT share a response.
    """
    first = await gateway.upi_payment(await gateway.order(), key=f"idm-002a-{run_seed}")

    second = await gateway.upi_payment(await gateway.order(), key=f"idm-002b-{run_seed}")

    expect.that(
        expect.field(first, "id") != expect.field(second, "id"),
        "expected two payments for two keys",
    )


@requirement("PGC-IDM-003", source="contract 1.5.3; wild-bugs M13, M14", level=Level.SAFETY)
async def test_concurrent_requests_with_one_key_make_one_payment(
    gateway: Gateway, run_seed: str
) -> None:
    """
    Concurrent requests with one Idempotency-Key MUST create one payment.

    Bursts over warm connections, several rounds: one lucky burst must not acquit a gateway.
    """
    for number in range(ROUNDS):
        order_id = await gateway.order()
        key = f"idm-003-{run_seed}-{number}"
        answers = await gateway.together(
            *(gateway.upi_payment(order_id, key=key) for _ in range(BURST))
        )

        created = {a.document["id"] for a in answers if a.status in (200, 201)}
        expect.that(
            len(created) == 1,
            f"expected one payment for {BURST} concurrent requests with one key, got {len(created)} (round {number + 1})",
        )
        broken = [a for a in answers if a.status >= 500]
        expect.that(
            not broken, f"expected no 5xx in the burst, got {len(broken)} (round {number + 1})"
        )
