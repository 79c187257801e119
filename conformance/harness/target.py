"""
The target as cases see it: the contract's operations, preconditions that end a case as blocked, waiting for outcomes.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import httpx

from conformance.harness import expect
from conformance.harness.client import Answer, RecordingClient
from conformance.harness.clock import wait_until
from conformance.harness.outcomes import Blocked, RequirementFailed, Untested
from conformance.harness.patience import Patience, RunPatience
from conformance.harness.profile import Profile
from conformance.harness.seen import CARD, PaymentSeen, ReadBack, RefundSeen, flat_card, one_of

__all__ = [
    "CARD",
    "DECIDED_WITHIN_S",
    "REFUNDED_WITHIN_S",
    "Gateway",
    "PaymentSeen",
    "RefundSeen",
]

#: Seconds within which a payment is decided in test mode; generous to targets that ignore TEST_PROCESSING_DELAY (5-10 s).
DECIDED_WITHIN_S: Final = 15.0
REFUNDED_WITHIN_S: Final = 15.0
#: Seconds within which an event that happened stands in the log.
LOGGED_WITHIN_S: Final = 3.0
_OK: Final = 200
_CREATED: Final = 201


class Gateway:
    """
    The target behind one case; every exchange goes into the case's evidence.
    """

    def __init__(self, client: RecordingClient, patience: RunPatience | None = None) -> None:
        self.client = client
        self.patience = patience or RunPatience(
            decided_s=DECIDED_WITHIN_S, refunded_s=REFUNDED_WITHIN_S
        )
        self.profile: Profile = client.profile
        self._warm_count = 0

    def path(self, operation: str, **ids: str) -> str:
        """
        The path of an operation; `untested` when the profile names none.
        """
        if not self.profile.has_path(operation):
            raise Untested(f"the profile names no path of {operation}")
        return self.profile.path(operation, **ids)

    def other_merchant(self) -> "Gateway":
        """
        The same target as another of its merchants sees it (profile: auth.other_key, auth.other_secret); `untested` when the profile names none.
        """
        auth = self.profile.auth
        if not auth.get("other_key"):
            raise Untested(
                "the profile names no second merchant (auth.other_key, auth.other_secret)"
            )
        other = {auth["key_header"]: auth["other_key"], auth["secret_header"]: auth["other_secret"]}
        return Gateway(self.client.signed_in(other), self.patience)

    async def get(
        self,
        operation: str,
        *,
        auth: Mapping[str, str] | None = None,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        **ids: str,
    ) -> Answer:
        """
        GET an operation's path, with a query string where given.
        """
        path = self.path(operation, **ids) + (f"?{query}" if query else "")
        return await self.client.send("GET", path, auth=auth, headers=headers)

    async def post(
        self,
        operation: str,
        body: Mapping[str, Any],
        *,
        auth: Mapping[str, str] | None = None,
        key: str | None = None,
        **ids: str,
    ) -> Answer:
        """
        POST these members to an operation's path, with an idempotency key where given.
        """
        headers = {"Idempotency-Key": key} if key else None
        path = self.path(operation, **ids)
        return await self.client.send("POST", path, body=body, auth=auth, headers=headers)

    async def create_order(self, **fields: Any) -> Answer:
        """
        POST an order with exactly these members.
        """
        body = {self.profile.field(name): value for name, value in fields.items()}
        return await self.client.send("POST", self.profile.path("orders"), body=body)

    async def order(self, amount_minor: int = 50_000) -> str:
        """
        Precondition: an order's id.
        """
        answer = await self.create_order(amount=amount_minor, currency="INR", receipt="suite")
        order_id = answer.document.get("id") if isinstance(answer.document, dict) else None
        if answer.status != _CREATED or not isinstance(order_id, str):
            raise Blocked(f"an order could not be created: {answer.summary}")
        return order_id

    async def create_payment(
        self,
        order_id: Any,
        *,
        headers: Mapping[str, str] | None = None,
        operation: str = "payments",
        auth: Mapping[str, str] | None = None,
        **fields: Any,
    ) -> Answer:
        """
        POST a payment with exactly these members; a `card` is sent in the dialect's shape.
        """
        body: dict[str, Any] = {self.profile.field("order_id"): order_id}
        for name, value in fields.items():
            if name == "card" and self.profile.shape("card") == "flat":
                body |= flat_card(value)
            else:
                body[self.profile.field(name)] = value
        answer = await self.client.send(
            "POST", self.path(operation), body=body, headers=headers, auth=auth
        )
        return _counted(answer, self.patience.payments)

    async def card_payment(self, **changed: Any) -> Answer:
        """
        POST a payment of a new order with the usual card, these members of it changed; one that is None is left out.
        """
        card = {name: value for name, value in (CARD | changed).items() if value is not None}
        return await self.create_payment(await self.order(), method="card", card=card)

    async def shown_card(self, created: Answer) -> Answer:
        """
        The answer itself where it shows the card's network, else the payment read back: that creation shows it is a requirement of its own.
        `blocked` when neither does.
        """
        document = created.document
        if created.status != _CREATED or not isinstance(document, dict):
            return created
        if "card_last4" in document or not isinstance(document.get("id"), str):
            return created
        read = await self.get("payment", payment_id=document["id"])
        if not isinstance(read.document, dict) or not read.document.get("card_last4"):
            raise Blocked(f"needed card_last4 in an answer, got {read.summary}")
        return read

    async def upi_payment(
        self, order_id: str, *, vpa: str = "payer@bank", key: str | None = None
    ) -> Answer:
        """
        POST a UPI payment, with an idempotency key where given.
        """
        headers = {"Idempotency-Key": key} if key else None
        return await self.create_payment(order_id, headers=headers, method="upi", vpa=vpa)

    async def pending_payment(
        self, amount_minor: int = 50_000, *, vpa: str = "payer@bank"
    ) -> PaymentSeen:
        """
        Precondition: a payment that was just created.
        """
        order_id = await self.order(amount_minor)
        answer = await self.upi_payment(order_id, vpa=vpa)
        payment_id = answer.document.get("id") if isinstance(answer.document, dict) else None
        if answer.status != _CREATED or not isinstance(payment_id, str):
            raise Blocked(f"a payment could not be created: {answer.summary}")
        return PaymentSeen(
            id=payment_id, order_id=order_id, amount_minor=amount_minor, document=answer.document
        )

    async def decided(self, payment_id: str) -> dict[str, Any]:
        """
        The payment once it is no longer pending; fails when that takes too long.
        """
        reading = ReadBack(payment_id)

        async def look() -> dict[str, Any] | None:
            answer = await self.get("payment_state", payment_id=payment_id)
            document = reading.document(answer)
            decided = document and document.get("status") not in ("pending", "processing", None)
            return document if decided else None

        within_s = self.patience.payments.within_s()
        found = await wait_until(look, within_s=within_s)
        if found is None:
            self.patience.payments.lost()
            raise RequirementFailed(f"payment {payment_id} was not decided within {within_s:.0f} s")
        self.patience.payments.finished()
        return found

    async def successful_payment(self, amount_minor: int = 50_000) -> PaymentSeen:
        """
        Precondition: a payment that succeeded.
        """
        payment = await self.pending_payment(amount_minor, vpa="success@bank")
        document = await self._succeeded(payment.id)
        return PaymentSeen(
            id=payment.id, order_id=payment.order_id, amount_minor=amount_minor, document=document
        )

    async def successful_card_payment(self) -> PaymentSeen:
        """
        Precondition: a card payment of 50 000 that succeeded.
        """
        answer = await self.card_payment()
        document = answer.document if isinstance(answer.document, dict) else {}
        payment_id, order_id = document.get("id"), document.get("order_id")
        if answer.status != _CREATED or not isinstance(payment_id, str):
            raise Blocked(f"a card payment could not be created: {answer.summary}")
        decided = await self._succeeded(payment_id)
        return PaymentSeen(
            id=payment_id, order_id=str(order_id), amount_minor=50_000, document=decided
        )

    async def _succeeded(self, payment_id: str) -> dict[str, Any]:
        try:
            document = await self.decided(payment_id)
        except RequirementFailed as failure:
            raise Blocked(str(failure)) from failure
        if document.get("status") != "success":
            raise Blocked(
                f"a payment did not succeed: {document.get('status')} {document.get('error_description')}"
            )
        return document

    async def successful_payments(
        self, count: int, amount_minor: int = 50_000
    ) -> list[PaymentSeen]:
        """
        Precondition: several payments that succeeded, made side by side.
        """
        made = (self.successful_payment(amount_minor) for _ in range(count))
        return list(await asyncio.gather(*made))

    async def capture(self, payment_id: str, amount: Any, *, key: str | None = None) -> Answer:
        """
        POST a capture.
        """
        return await self.post("capture", {"amount": amount}, key=key, payment_id=payment_id)

    async def refund(
        self, payment_id: str, amount: Any, *, key: str | None = None, **fields: Any
    ) -> Answer:
        """
        POST a refund.
        """
        body = {"amount": amount, **fields}
        if not self.profile.takes("refunds", "payment_id"):
            body["payment_id"] = payment_id
        answer = await self.post("refunds", body, key=key, payment_id=payment_id)
        return _counted(answer, self.patience.refunds)

    async def processed_refund(self, refund_id: str) -> dict[str, Any]:
        """
        The refund once it is no longer pending; fails when that takes too long.
        """
        reading = ReadBack(refund_id)

        async def look() -> dict[str, Any] | None:
            document = reading.document(await self.get("refund", refund_id=refund_id))
            return document if document and document.get("status") != "pending" else None

        within_s = self.patience.refunds.within_s()
        found = await wait_until(look, within_s=within_s)
        if found is None:
            self.patience.refunds.lost()
            raise RequirementFailed(f"refund {refund_id} was not processed within {within_s:.0f} s")
        self.patience.refunds.finished()
        return found

    async def held_payment(self) -> str:
        """
        Precondition: a payment of 50 000 that the bank only holds; needs `void`.
        """
        answer = await self.create_payment(
            await self.order(), method="upi", vpa="success@bank", capture_method="manual"
        )
        payment_id = answer.document.get("id") if isinstance(answer.document, dict) else None
        if answer.status != _CREATED or not isinstance(payment_id, str):
            raise Blocked(f"a hold could not be created: {answer.summary}")
        await self._succeeded(payment_id)
        return payment_id

    async def needs_still_pending(self, payment_id: str) -> None:
        """
        When the bank was faster than the case nothing was seen: `untested`.
        """
        answer = await self.get("payment_state", payment_id=payment_id)
        document = one_of(answer.document, payment_id)
        state = document.get("status") if isinstance(document, dict) else None
        if state not in ("pending", "processing"):
            raise Untested("the payment was decided before the case could look")

    async def needs_pending_without_clock(self, payment_id: str) -> None:
        """
        As `needs_still_pending`, afterwards, for targets whose clock could not be held still meanwhile.
        """
        if not self.profile.can("clock"):
            await self.needs_still_pending(payment_id)

    async def refunded_payment(self) -> RefundSeen:
        """
        Precondition: a payment of 50 000 of which 20 000 were given back, with a reason.
        """
        payment = await self.successful_payment()
        answer = await self.refund(payment.id, 20_000, reason="asked for")
        refund_id = answer.document.get("id") if isinstance(answer.document, dict) else None
        if answer.status != _CREATED or not isinstance(refund_id, str):
            raise Blocked(f"a refund could not be created: {answer.summary}")
        try:
            processed = await self.processed_refund(refund_id)
        except RequirementFailed as failure:
            raise Blocked(str(failure)) from failure
        return RefundSeen(
            payment_id=payment.id,
            refund_id=refund_id,
            created=answer.document,
            processed=processed,
        )

    async def newest_delivery(self, *, since: datetime) -> datetime:
        """
        When the first delivery of the log was made, once it is not older than `since`; fails when the log never shows one so new there.
        """

        async def look() -> datetime | None:
            found = expect.rows(await self.get("webhooks", query="limit=1&offset=0"))
            shown = found[0].get("created_at") if found and isinstance(found[0], dict) else None
            at = None if shown is None else expect.instant(shown, "created_at")
            return at if at is not None and at >= since else None

        found = await wait_until(look, within_s=LOGGED_WITHIN_S)
        if found is None:
            page = expect.rows(await self.get("webhooks", query="limit=100&offset=0"))
            made = [row.get("created_at") for row in page if isinstance(row, dict)]
            if not any(at and expect.instant(at, "created_at") >= since for at in made):
                raise Blocked(f"the log shows no delivery that was made after {since}")
            raise RequirementFailed(f"the first delivery of the log is older than {since}")
        return found

    async def together(self, *requests: Any) -> list[Answer]:
        """
        Release the requests by one barrier over warm connections; the answers that came, in their order.
        """
        await self._warm(len(requests))
        barrier = asyncio.Barrier(len(requests))

        async def run(request: Any) -> Answer | None:
            await barrier.wait()
            try:
                answer: Answer = await request
            except httpx.HTTPError:
                return None
            return answer

        answers = await asyncio.gather(*(run(request) for request in requests))
        return [answer for answer in answers if answer is not None]

    async def _warm(self, count: int) -> None:
        """
        Open as many connections as a burst needs, unless this case has done so already; handshakes would spread the burst.
        """
        if self._warm_count >= count:
            return
        self._warm_count = count
        await self.client.warm(self.profile.path("health"), count)


def _counted(answer: Answer, queue: Patience) -> Answer:
    if answer.status == _CREATED:
        queue.accepted()
    return answer
