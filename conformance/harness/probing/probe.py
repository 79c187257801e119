"""
The whole interview, in the order in which answers are needed.
"""

from dataclasses import dataclass
from typing import Final

import httpx

from conformance.harness.clock import wait_until
from conformance.harness.evidence import Transcript
from conformance.harness.inbox import Delivery, Inbox
from conformance.harness.probing.asking import Asker
from conformance.harness.probing.findings import Findings
from conformance.harness.probing.payments import (
    Spoken,
    ask_about_orders,
    ask_about_payments,
    ask_about_refunds,
    decided,
    new_payment,
)
from conformance.harness.probing.service import ask_about_refusals, ask_about_service
from conformance.harness.probing.webhooks import (
    ask_about_delivery,
    ask_about_log,
    ask_about_webhook_address,
)
from conformance.harness.profile import load_profile

_TIMEOUT_S: Final = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSettings:
    """
    One probe.  `receiver` is our own receiver, `receiver_address` how the target sees it.
    """

    target: str
    receiver: str
    receiver_address: str
    seed: str


class ProbeInbox:
    """
    The probe's inbox at the receiver.
    """

    def __init__(self, http: httpx.AsyncClient, name: str) -> None:
        self._inbox = Inbox(http, name, Transcript(), configured=True)

    async def about(self, text: str, *, event: str, count: int, within_s: float) -> list[Delivery]:
        """
        Deliveries of this event that name the text, once there are `count` or the time is over.
        """

        async def look() -> list[Delivery] | None:
            found = [
                d for d in await self._inbox.all() if d.event == event and text.encode() in d.body
            ]
            return found if len(found) >= count else None

        return await wait_until(look, within_s=within_s) or []

    async def repeated(self, event: str, *, within_s: float) -> list[Delivery]:
        """
        Two deliveries of this event with the same bytes, none when there were no such within the time.
        """

        async def look() -> list[Delivery] | None:
            seen: dict[bytes, Delivery] = {}
            for delivery in sorted(await self._inbox.all(), key=lambda d: d.arrived_s):
                if delivery.event == event and delivery.body in seen:
                    return [seen[delivery.body], delivery]
                seen.setdefault(delivery.body, delivery)
            return None

        return await wait_until(look, within_s=within_s) or []

    async def refuse_first(self, event: str) -> None:
        """
        Answer the next delivery of this event 500.
        """
        await self._inbox.behave([{"event": event, "first": 1, "status": 500}])


async def probe(settings: ProbeSettings) -> Findings:
    """
    Ask everything.
    """
    # The test schedule is no option of a target's: the contract demands it, so a target that does not keep to it is to fail, not to be let off.
    findings = Findings(sections={"capabilities": {"has": ["test_retry_schedule"]}})
    async with (
        httpx.AsyncClient(base_url=settings.target, timeout=_TIMEOUT_S, trust_env=False) as http,
        httpx.AsyncClient(base_url=settings.receiver, timeout=_TIMEOUT_S, trust_env=False) as post,
    ):
        asker = Asker(http, load_profile("canonical"))
        name = f"probe-{settings.seed}"
        inbox = ProbeInbox(post, name)
        await ask_about_service(asker, findings)
        address = f"{settings.receiver_address}/webhook/{name}"
        heard = await ask_about_webhook_address(asker, findings, address)
        spoken = await ask_about_orders(asker, findings)
        if spoken.order_id:
            await ask_about_payments(asker, findings, spoken, seed=settings.seed)
        await ask_about_refusals(asker, findings, spoken.order_id)
        await ask_about_log(asker, findings)
        if spoken.payment_id:
            await _decline(asker, findings, spoken)
            await decided(asker, findings, spoken)
            await ask_about_refunds(asker, findings, spoken)
            if heard:
                await ask_about_delivery(asker, findings, spoken, inbox)
    return findings


async def _decline(asker: Asker, findings: Findings, spoken: Spoken) -> None:
    """
    Whether the VPA failure@bank declines.
    """
    created = await new_payment(asker, spoken, vpa="failure@bank")
    declined = Spoken(case=spoken.case, order_id=spoken.order_id, payment_id=created.member("id"))
    if declined.payment_id is None:
        return
    quiet = Findings(sections=findings.sections)
    await decided(asker, quiet, declined)
    if declined.status == "failed":
        findings.capability("decline_vpa", "failure@bank is declined")
