"""
The API is killed while payments are being created.
"""

from conformance.harness import expect
from conformance.harness.channels.outages import KilledApi
from conformance.harness.requirements import requirement
from conformance.harness.verdict import Level


@requirement("PGC-REC-005", source="features N7; reliability P4, S6", level=Level.SAFETY)
async def test_key_survives_a_killed_api(killed_api: KilledApi) -> None:
    """
    A caller that repeats its Idempotency-Key after the API was killed MUST always get the same payment.
    """
    torn = [key for key, ids in killed_api.ids_by_key.items() if len(ids) != 1]

    expect.that(not torn, f"{len(torn)} keys were answered with more than one payment")


@requirement("PGC-REC-006", source="features N7; reliability P4", level=Level.SAFETY)
async def test_killed_api_leaves_no_orphan(killed_api: KilledApi) -> None:
    """
    A request that was cut off by the API's death MUST NOT leave a second payment beside the one that its key is answered with.
    """
    orphans = killed_api.orphans()

    expect.that(not orphans, f"the orders have {len(orphans)} payments that no caller knows of")
