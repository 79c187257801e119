"""
A webhook that waits for its second attempt.
"""

from dataclasses import dataclass
from typing import Final

from conformance.harness.channels.endpoint import Endpoint, Reply
from conformance.harness.channels.retrying import EVENT
from conformance.harness.channels.subscription import Subscription
from conformance.harness.outcomes import Blocked
from conformance.harness.target import DECIDED_WITHIN_S, Gateway

#: A status that nothing else in a run answers.
STATUS: Final = 510


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """
    The webhook about this order was answered `status` by this endpoint, once.
    """

    order_id: str
    status: int
    endpoint: Endpoint


async def a_failing_webhook(
    gateway: Gateway, subscription: Subscription, endpoint: Endpoint
) -> Waiting:
    """
    Have one webhook refused.
    """
    order_id = await gateway.order()
    endpoint.script(order_id, EVENT, [Reply(status=STATUS), Reply()])
    async with subscription.away(gateway, endpoint.url):
        payment = await gateway.upi_payment(order_id, vpa="success@bank")
        calls = await endpoint.until(order_id, EVENT, within_s=DECIDED_WITHIN_S)
        if not calls:
            raise Blocked(f"no webhook came to the suite's own endpoint after {payment.summary}")
        await endpoint.ended(calls[0], within_s=2.0)
    return Waiting(order_id=order_id, status=STATUS, endpoint=endpoint)
