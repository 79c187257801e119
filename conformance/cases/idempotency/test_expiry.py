"""
Idempotency keys expire after 24 hours; looked at with the target's test clock, from a day in the past, so that nothing lies in the future afterwards.
"""

from conformance.harness import expect
from conformance.harness.business_clock import frozen
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level

CLOCK = ("clock",)
#: A day and the hours that the cases move beyond it.
HOURS_AGO = 50


@requirement("PGC-IDM-015", source="contract 1.5.3", needs=CLOCK)
async def test_key_answers_for_a_day(gateway: Gateway, run_seed: str) -> None:
    """
    An Idempotency-Key MUST get the stored response until 24 hours have passed.
    """
    async with frozen(gateway, hours_ago=HOURS_AGO) as clock:
        order_id, key = await gateway.order(), f"idm-015-{run_seed}"
        first = await gateway.upi_payment(order_id, key=key)
        await clock.advance("23h")
        await clock.advance("59m")

        answer = await gateway.upi_payment(order_id, key=key)

    expect.status(answer, 201, kind="replay")
    expect.equal(expect.field(answer, "id"), expect.field(first, "id"), "id of the replay")


@requirement("PGC-IDM-016", source="contract 1.5.3; wild-bugs M17, M18", needs=CLOCK)
async def test_expired_key_is_a_new_key(gateway: Gateway, run_seed: str) -> None:
    """
    After 24 hours an Idempotency-Key MUST create a new payment, and then answer for that one.

    The second half finds gateways that never delete the expired row and so are not idempotent any more.
    """
    async with frozen(gateway, hours_ago=HOURS_AGO) as clock:
        order_id, key = await gateway.order(), f"idm-016-{run_seed}"
        old = await gateway.upi_payment(order_id, key=key)
        await clock.advance("24h")
        await clock.advance("1s")

        new = await gateway.upi_payment(order_id, key=key)
        again = await gateway.upi_payment(order_id, key=key)

    expect.status(new, 201)
    expect.distinct(
        [expect.field(a, "id") for a in (old, new)], "payments, before and after expiry"
    )
    expect.equal(expect.field(again, "id"), expect.field(new, "id"), "id of the replay")


@requirement("PGC-IDM-017", source="wild-bugs M22", needs=CLOCK, level=Level.SAFETY)
async def test_expired_hostile_key_harms_no_other(gateway: Gateway, run_seed: str) -> None:
    """
    The expiry of one Idempotency-Key MUST NOT touch another, whatever the key says.
    """
    hostile = f"x{run_seed}' OR '1'='1"
    async with frozen(gateway, hours_ago=HOURS_AGO) as clock:
        await gateway.upi_payment(await gateway.order(), key=hostile)
        await clock.advance("23h")
        order_id, key = await gateway.order(), f"idm-017-{run_seed}"
        kept = await gateway.upi_payment(order_id, key=key)
        await clock.advance("2h")

        await gateway.upi_payment(await gateway.order(), key=hostile)
        answer = await gateway.upi_payment(order_id, key=key)

    expect.equal(
        expect.field(answer, "id"), expect.field(kept, "id"), "id of the other key's replay"
    )
