"""
Retries that wait while the worker is away.
"""

from conformance.harness import expect
from conformance.harness.channels.outages import StoppedWorker
from conformance.harness.inbox import Inbox
from conformance.harness.requirements import requirement
from conformance.harness.verdict import Level


@requirement(
    "PGC-RTY-021",
    source="contract 1.7; wild-bugs M27",
    needs=("test_retry_schedule",),
    level=Level.SAFETY,
)
async def test_retry_survives_its_worker(stopped_worker: StoppedWorker, inbox: Inbox) -> None:
    """
    A retry that waits MUST still be sent when the worker was stopped and started in between.
    """
    again = await stopped_worker.came_again(inbox)

    expect.that(again, "the webhook that waited for its second attempt was never sent again")
