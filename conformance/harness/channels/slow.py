"""
The scene of slow endpoints: begun early in a run, looked at late, because a time-out takes its five seconds really.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from conformance.harness.channels.endpoint import Call, Endpoint, Manner, Reply
from conformance.harness.channels.subscription import Subscription
from conformance.harness.evidence import Transcript
from conformance.harness.inbox import Inbox
from conformance.harness.outcomes import Blocked, RequirementFailed
from conformance.harness.target import DECIDED_WITHIN_S, Gateway

EVENT: Final = "payment.success"
#: Seconds after which an attempt must be over.  Source: contract 1.7.
TIMEOUT_S: Final = 5.0
#: An endpoint that takes so long is slow, but not too slow.
SLOW_S: Final = 3.5
SCRIPTS: Final[Mapping[str, Reply]] = {
    "hangs": Reply(manner=Manner.HANG),
    "drips": Reply(manner=Manner.DRIP),
    "endless": Reply(manner=Manner.ENDLESS),
    "slow": Reply(delay_s=SLOW_S),
}


@dataclass(slots=True, kw_only=True)
class SlowScene:
    """
    The first attempt at each endpoint, by name; and how long another webhook took while they hung.
    """

    endpoint: Endpoint
    orders: dict[str, str]
    neighbour_s: float | None

    async def call(self, name: str, transcript: Transcript, *, within_s: float) -> Call:
        """
        The first attempt at this endpoint once it is over or has gone on for `within_s` since it arrived; `blocked` when there was none.
        """
        calls = self.endpoint.about(self.orders[name], EVENT)
        if not calls:
            raise Blocked(
                "no webhook came to the suite's own endpoint; can the target reach its port?"
            )
        await self.endpoint.ended(calls[0], within_s=within_s)
        transcript.notes.append(calls[0].note())
        return calls[0]

    def neighbour_came(self) -> bool:
        """
        Whether another webhook came in time; `blocked` when none came to the endpoint that hangs either.
        """
        if self.neighbour_s is None and not self.endpoint.about(self.orders["hangs"], EVENT):
            raise Blocked("no webhook came at all, to the endpoint that hangs or elsewhere")
        return self.neighbour_s is not None

    def let_go_after_s(self, call: Call) -> float:
        """
        Seconds until the target ended the connection; fails when it had not while the suite waited.
        """
        if call.ended_s is None or not call.let_go:
            raise RequirementFailed(
                "the target was still waiting for the answer three seconds later"
            )
        return call.ended_s - call.arrived_s


async def begin_slow(
    gateway: Gateway, inbox: Inbox, subscription: Subscription, endpoint: Endpoint
) -> SlowScene:
    """
    Make one payment for each endpoint, and one for a good endpoint once the others hang; returns while they do.
    """
    async with subscription.away(gateway, endpoint.url):
        orders = {name: await gateway.order() for name in SCRIPTS}
        for name, reply in SCRIPTS.items():
            endpoint.script(orders[name], EVENT, [reply, Reply()])
        for order_id in orders.values():
            await gateway.upi_payment(order_id, vpa="success@bank")
        for order_id in orders.values():
            await endpoint.until(order_id, EVENT, within_s=DECIDED_WITHIN_S)
    neighbour = await gateway.successful_payment()
    arrived = await inbox.arrival_s(neighbour.id, EVENT, within_s=TIMEOUT_S - 1)
    return SlowScene(endpoint=endpoint, orders=orders, neighbour_s=arrived)
