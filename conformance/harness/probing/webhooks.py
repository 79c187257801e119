"""
Questions about webhooks: how the address is set, whether they arrive, where the log is.
"""

from typing import Final, Protocol

from conformance.harness.inbox import Delivery
from conformance.harness.probing.asking import Asker, Reply
from conformance.harness.probing.findings import Findings
from conformance.harness.probing.payments import Spoken, new_payment

#: Ways seen in the wild, the contract's first.  Source: contract 2.3.
_CONFIGURE: Final = (
    ("PUT", "/api/v1/webhooks/config", "webhook_url"),
    ("PATCH", "/api/v1/merchant/webhook", "webhook_url"),
    ("PUT", "/api/v1/merchants/webhook", "webhook_url"),
    ("POST", "/api/v1/merchants/webhook-config", "webhook_url"),
    ("PUT", "/api/v1/merchants/me/webhook", "webhook_url"),
    ("PUT", "/api/v1/merchants/me", "webhook_url"),
    ("POST", "/api/v1/webhooks/config", "webhook_url"),
    ("POST", "/api/v1/webhooks/config", "url"),
    ("PUT", "/api/v1/webhooks/config", "url"),
    ("PUT", "/api/v1/webhooks", "webhook_url"),
    ("POST", "/api/v1/merchant/webhook", "webhook_url"),
    ("POST", "/api/v1/dashboard/config", "webhook_url"),
    ("PATCH", "/api/v1/test/merchant", "webhook_url"),
)
_LOGS: Final = ("/api/v1/webhooks", "/api/v1/payments/webhooks", "/api/v1/webhooks/logs", "/api/v1/webhook-logs")  # fmt: skip
_ARRIVES_WITHIN_S: Final = 15.0
_AGAIN_WITHIN_S: Final = 9.0
#: Seconds between the first and the second attempt on the contract's test schedule, with room for a busy machine.
_TEST_GAP_S: Final = (3.5, 8.0)


class Arrivals(Protocol):
    """
    The probe's inbox.
    """

    async def about(self, text: str, *, event: str, count: int, within_s: float) -> list[Delivery]:
        """
        Deliveries of this event that name the text, once there are `count` or the time is over.
        """

    async def repeated(self, event: str, *, within_s: float) -> list[Delivery]:
        """
        Two deliveries of this event with the same bytes, none when there were no such within the time.
        """

    async def refuse_first(self, event: str) -> None:
        """
        Answer the next delivery of this event 500.
        """


async def ask_about_webhook_address(asker: Asker, findings: Findings, address: str) -> bool:
    """
    Set the address in every way that is known until one is taken.
    """
    for method, path, field in _CONFIGURE:
        reply = await asker.ask(method, path, {field: address})
        if reply.accepted and _took(reply, address):
            how = {"method": method, "path": path, "field": field}
            sentence = f"{method} {path} takes the address as {field}"
            if how == dict(asker.contract.webhook["configure"]):
                findings.same("webhook.configure", sentence)
                findings.sections["webhook"] = {"configure": how}
            else:
                findings.differs("webhook", "configure", how, sentence)
            return True
    findings.not_seen("webhook.configure", "no known way to set the webhook address is taken")
    return False


def _took(reply: Reply, address: str) -> bool:
    """
    The answer repeats the address, or at least does not repeat another one.
    """
    for name in ("webhook_url", "url"):
        if isinstance(reply.member(name), str):
            return bool(reply.member(name) == address)
    return True


async def ask_about_log(asker: Asker, findings: Findings) -> None:
    """
    Where deliveries are listed; the retry stands below it.
    """
    for path in _LOGS:
        reply = await asker.ask("GET", f"{path}?limit=5&offset=0")
        rows = reply.document.get("data") if isinstance(reply.document, dict) else reply.document
        if reply.accepted and isinstance(rows, list):
            if path == _LOGS[0]:
                findings.same("paths.webhooks", f"deliveries are listed at {path}")
            else:
                sentence = f"deliveries are listed at {path}"
                findings.differs("paths", "webhooks", path, sentence)
                findings.differs("paths", "webhook_retry", path + "/{webhook_id}/retry", sentence)
            return
    findings.not_seen("paths.webhooks", f"none of {', '.join(_LOGS)} lists deliveries")


async def ask_about_delivery(
    asker: Asker, findings: Findings, spoken: Spoken, inbox: Arrivals
) -> None:
    """
    One payment whose first webhook is refused: does it arrive, how is it signed, does it come again after five seconds.
    """
    event = "payment.success"
    await inbox.refuse_first(event)
    created = await new_payment(asker, spoken, vpa="success@bank")
    payment_id = str(created.member("id"))
    first = await inbox.about(payment_id, event=event, count=1, within_s=_ARRIVES_WITHIN_S)
    if not first:
        findings.not_seen(
            "webhooks",
            f"no {event} arrived within {_ARRIVES_WITHIN_S:g} s; can the target reach the receiver?",
        )
        return
    findings.same("webhooks", f"{event} arrives")
    names = {str(name).lower() for name, _ in first[0].record["headers"]}
    if {"webhook-id", "webhook-timestamp", "webhook-signature"} <= names:
        findings.capability("standard_webhooks", "Standard Webhooks headers are sent")
    # Which delivery was refused is the target's choice: one of an earlier question may have been first in its queue.
    again = await inbox.repeated(event, within_s=_AGAIN_WITHIN_S)
    gap_s = again[1].arrived_s - again[0].arrived_s if again else 0.0
    if _TEST_GAP_S[0] <= gap_s <= _TEST_GAP_S[1]:
        findings.same("test_retry_schedule", f"a refused webhook came again after {gap_s:.1f} s")
    else:
        findings.not_seen(
            "test_retry_schedule",
            f"a refused webhook did not come again after 5 s, waited {_AGAIN_WITHIN_S:g} s; is WEBHOOK_RETRY_INTERVALS_TEST on?",
        )
