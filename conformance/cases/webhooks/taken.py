"""
Whether the suite's own receiver took what came.
"""

from collections.abc import Collection

from conformance.harness.inbox import Delivery
from conformance.harness.outcomes import Blocked

_REFUSED = 300


def precondition_taken(deliveries: Collection[Delivery]) -> None:
    """
    The receiver refuses what is signed wrongly, and a target is right to send that again, so that its repetitions say nothing: `blocked`.
    """
    refused = [d for d in deliveries if d.record["answer_status"] >= _REFUSED]
    if refused:
        raise Blocked(
            f"needed webhooks that are taken, {len(refused)} of {len(deliveries)} were refused for their signature"
        )
