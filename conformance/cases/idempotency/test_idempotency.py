"""
Idempotency keys.
"""

from functools import partial

from conformance.harness import bursts, expect
from conformance.harness.evidence import Transcript
from conformance.harness.requirements import requirement
from conformance.harness.shelf import Shelf
from conformance.harness.target import Gateway, PaymentSeen
from conformance.harness.verdict import Level


@requirement("PGC-IDM-001", source="contract 1.5.3")
async def test_replay_is_identical(gateway: Gateway, run_seed: str) -> None:
    """
    A repeated Idempotency-Key MUST get the stored response: the same payment, the same body.
    """
    order_id = await gateway.order()
    first = await gateway.upi_payment(order_id, key=f"idm-001-{run_seed}")

    second = await gateway.upi_payment(order_id, key=f"idm-001-{run_seed}")

    expect.equal(expect.field(first, "order_id"), order_id, "order_id of the payment")
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

    expect.distinct([expect.field(a, "id") for a in (first, second)], "payments for two keys")


@requirement("PGC-IDM-003", source="contract 1.5.3; wild-bugs M13, M14", level=Level.SAFETY)
async def test_concurrent_requests_with_one_key_make_one_payment(
    gateway: Gateway, shelf: Shelf, transcript: Transcript, run_seed: str
) -> None:
    """
    Concurrent requests with one Idempotency-Key MUST create one payment.

    Bursts over warm connections, several rounds: one lucky burst must not acquit a gateway.  Each round pays another order with another key and must
    make another payment, which reads back with its order: a gateway that always shows one and the same payment is not acquitted either.
    """
    make = partial(bursts.payments_with_one_key, gateway, run_seed)
    rounds = await shelf.once("bursts of payments with one key", transcript, make)

    bursts.expect_one_each(rounds, "payment")
    read = [await gateway.get("payment_state", payment_id=min(one.made())) for one in rounds]
    orders = [
        expect.entity_field(a, min(r.made()), "order_id") for a, r in zip(read, rounds, strict=True)
    ]
    expect.equal(orders, [one.subject for one in rounds], "orders of the payments read back")


@requirement("PGC-IDM-004", source="contract 1.5.3; conventions 4.0")
async def test_replay_is_identical_to_the_byte(gateway: Gateway, run_seed: str) -> None:
    """
    A replay SHOULD be byte for byte the first response.
    """
    order_id = await gateway.order()
    first = await gateway.upi_payment(order_id, key=f"idm-004-{run_seed}")

    second = await gateway.upi_payment(order_id, key=f"idm-004-{run_seed}")

    expect.status(first, 201)
    expect.status(second, 201, kind="replay")
    expect.that(
        first.body == second.body,
        f"expected the same bytes, got {first.summary} and then {second.summary}",
    )


@requirement("PGC-IDM-005", source="contract 1.5.3")
async def test_replay_shows_the_stored_response(gateway: Gateway, run_seed: str) -> None:
    """
    A replay after the payment was decided MUST still be the response that was stored, not the payment as it is now.
    """
    order_id, key = await gateway.order(), f"idm-005-{run_seed}"
    first = await gateway.upi_payment(order_id, vpa="success@bank", key=key)
    await gateway.decided(str(expect.field(first, "id")))

    second = await gateway.upi_payment(order_id, vpa="success@bank", key=key)

    expect.status(second, 201, kind="replay")
    expect.equal(second.document, first.document, "body of the replay")


@requirement("PGC-IDM-006", source="contract 1.5.3, 1.14 item 3", level=Level.SAFETY)
async def test_one_key_never_pays_twice(gateway: Gateway, run_seed: str) -> None:
    """
    A used Idempotency-Key with another body MUST get the first response or a 4xx refusal, never a second payment.
    """
    key = f"idm-006-{run_seed}"
    order_id = await gateway.order()
    first = await gateway.upi_payment(order_id, key=key)
    expect.precondition(first, 201)

    second = await gateway.upi_payment(await gateway.order(60_000), key=key)

    expect.equal(expect.field(first, "order_id"), order_id, "order_id of the first response")
    expect.kept_or_refused(second, "id", expect.field(first, "id"))


@requirement("PGC-IDM-007", source="contract 1.5.3")
async def test_refusals_are_not_stored(gateway: Gateway, run_seed: str) -> None:
    """
    A request that was refused SHOULD NOT use up its Idempotency-Key: the corrected request creates the payment.
    """
    order_id, key = await gateway.order(), f"idm-007-{run_seed}"
    refused = await gateway.upi_payment(order_id, vpa="no-handle", key=key)

    corrected = await gateway.upi_payment(order_id, key=key)

    expect.is_refused(refused)
    expect.status(corrected, 201)


@requirement("PGC-IDM-008", source="contract 1.5.3")
async def test_longest_key_is_kept_whole(gateway: Gateway, run_seed: str) -> None:
    """
    Idempotency-Keys of 255 characters MUST work, and differ when their last character differs.
    """
    stem = f"idm-008-{run_seed}-".ljust(254, "k")
    order_id = await gateway.order()
    first = await gateway.upi_payment(order_id, key=f"{stem}a")

    again = await gateway.upi_payment(order_id, key=f"{stem}a")
    other = await gateway.upi_payment(await gateway.order(), key=f"{stem}b")

    expect.status(first, 201)
    expect.equal(expect.field(again, "id"), expect.field(first, "id"), "id of the replay")
    expect.distinct([expect.field(a, "id") for a in (first, other)], "payments for two keys")


@requirement("PGC-IDM-009", source="contract 1.5.3", level=Level.SAFETY)
async def test_longer_keys_do_not_break_the_gateway(gateway: Gateway, run_seed: str) -> None:
    """
    An Idempotency-Key of more than 255 characters MUST NOT be answered with a 5xx status.
    """
    order_id, key = await gateway.order(), f"idm-009-{run_seed}-".ljust(300, "k")

    answer = await gateway.upi_payment(order_id, key=key)

    expect.kept_or_refused(answer, "order_id", order_id)


@requirement("PGC-IDM-010", source="reliability 4 F 58; wild-bugs M22", level=Level.SAFETY)
async def test_hostile_keys_do_not_break_the_gateway(gateway: Gateway, run_seed: str) -> None:
    """
    An Idempotency-Key of any content MUST be used as it is or refused with 4xx.
    """
    keys = ["' OR '1'='1", "'; DROP TABLE payments; --", "%s%n", "../../x", "{{7*7}}", '"', "चाबी"]
    orders = [await gateway.order() for _ in keys]

    answers = [
        await gateway.upi_payment(order_id, key=f"{key}{run_seed}")
        for order_id, key in zip(orders, keys, strict=True)
    ]

    expect.each_kept_or_refused(answers, "order_id", orders)


@requirement("PGC-IDM-011", source="contract 1.5.3", level=Level.SAFETY)
async def test_keys_are_compared_exactly(gateway: Gateway, run_seed: str) -> None:
    """
    Idempotency-Keys that differ in case MUST be two keys.
    """
    first = await gateway.upi_payment(await gateway.order(), key=f"idm-011-key-{run_seed}")

    second = await gateway.upi_payment(await gateway.order(), key=f"IDM-011-KEY-{run_seed}")

    expect.status(second, 201)
    expect.distinct([expect.field(a, "id") for a in (first, second)], "payments for two keys")


@requirement("PGC-IDM-012", source="contract 1.5.2, 1.5.3", level=Level.SAFETY)
async def test_replays_are_for_the_merchant_only(gateway: Gateway, run_seed: str) -> None:
    """
    A stored response MUST NOT be replayed to a request with wrong credentials.
    """
    auth, order_id = gateway.profile.auth, await gateway.order()
    stored = await gateway.upi_payment(order_id, key=f"idm-012-{run_seed}")
    wrong = {auth["key_header"]: auth["key"], auth["secret_header"]: "wrong"}

    answer = await gateway.create_payment(
        order_id,
        headers={"Idempotency-Key": f"idm-012-{run_seed}"},
        auth=wrong,
        method="upi",
        vpa="payer@bank",
    )

    expect.precondition(stored, 201)
    expect.status(answer, 401, kind="unauthorised")
    expect.never_shows([answer], {"stored payment": str(expect.field(stored, "id"))})


@requirement("PGC-IDM-013", source="reliability 4 F 60", level=Level.SAFETY)
async def test_key_of_a_payment_is_no_key_of_its_refund(
    gateway: Gateway, paid: PaymentSeen, run_seed: str
) -> None:
    """
    A refund with the Idempotency-Key of a payment MUST NOT be answered with that payment.
    """
    key = f"idm-013-{run_seed}"
    stored = await gateway.upi_payment(await gateway.order(), key=key)

    answer = await gateway.refund(paid.id, paid.amount_minor + 1, key=key)

    expect.precondition(stored, 201)
    expect.is_refused(answer)


@requirement(
    "PGC-IDM-014", source="conventions 4.2", needs=("replay_header",), level=Level.EXTENSION
)
async def test_replay_says_that_it_is_one(gateway: Gateway, run_seed: str) -> None:
    """
    A replay SHOULD carry `Idempotent-Replayed: true`, and the first response not.
    """
    order_id, key = await gateway.order(), f"idm-014-{run_seed}"
    first = await gateway.upi_payment(order_id, key=key)

    second = await gateway.upi_payment(order_id, key=key)

    expect.equal(first.headers.get("Idempotent-Replayed"), None, "header of the first response")
    expect.equal(second.headers.get("Idempotent-Replayed"), "true", "header of the replay")
