"""
The test clock.
"""

from datetime import timedelta

import pytest

from conformance.harness import expect
from conformance.harness.business_clock import frozen
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level


@requirement("PGC-TST-006", source="features N4", needs=("clock",), level=Level.EXTENSION)
async def test_frozen_clock_stands_still(gateway: Gateway) -> None:
    """
    A frozen clock SHOULD show the same instant until it is advanced.
    """
    async with frozen(gateway, hours_ago=48):
        first = await gateway.get("clock", auth={})
        await gateway.order()
        second = await gateway.get("clock", auth={})

    expect.equal(expect.field(second, "now"), expect.field(first, "now"), "now")
    expect.equal(expect.field(second, "mode"), "frozen", "mode")


@requirement("PGC-TST-007", source="features N4", needs=("clock",), level=Level.EXTENSION)
async def test_clock_advances_exactly(gateway: Gateway) -> None:
    """
    `advance` SHOULD move a frozen clock by exactly the duration.
    """
    async with frozen(gateway, hours_ago=48) as clock:
        first = await gateway.get("clock", auth={})
        await clock.advance("90s")
        second = await gateway.get("clock", auth={})

    before, after = (expect.instant(expect.field(a, "now"), "now") for a in (first, second))
    expect.equal(after - before, timedelta(seconds=90), "the time that passed")


@requirement("PGC-TST-008", source="features N4", needs=("clock",), level=Level.EXTENSION)
async def test_advance_settles(gateway: Gateway) -> None:
    """
    When `advance` answers, everything that was due by then SHOULD have happened.
    """
    async with frozen(gateway, hours_ago=48) as clock:
        payment = await gateway.pending_payment()
        await clock.advance("15s")
        answer = await gateway.get("payment", payment_id=payment.id)

    expect.equal(expect.field(answer, "status"), "success", "the payment's status")


@requirement("PGC-TST-009", source="features N4", needs=("clock",), level=Level.EXTENSION)
@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"mode": "backwards"}, id="unknown-mode"),
        pytest.param({"advance": "soon"}, id="no-duration"),
        pytest.param({"mode": "frozen", "now": "yesterday"}, id="no-instant"),
    ],
)
async def test_nonsense_is_refused(gateway: Gateway, fields: dict[str, str]) -> None:
    """
    The clock SHOULD refuse a mode, instant or duration that it does not know with a 4xx status.
    """
    answer = await gateway.client.send("POST", gateway.path("clock"), body=fields, auth={})

    expect.is_refused(answer)
