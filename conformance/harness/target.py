"""
The target as cases see it: the contract's operations, preconditions that end a case as blocked, waiting for outcomes.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from conformance.harness.client import Answer, RecordingClient
from conformance.harness.clock import wait_until
from conformance.harness.outcomes import Blocked, RequirementFailed
from conformance.harness.profile import Profile

#: Seconds within which a payment is decided in test mode; generous to targets that ignore TEST_PROCESSING_DELAY (5-10 s).
DECIDED_WITHIN_S: Final = 15.0
REFUNDED_WITHIN_S: Final = 15.0
_OK: Final = 200
_CREATED: Final = 201
CARD: Final = {
    "number": "4111111111111111",
    "expiry_month": "12",
    "expiry_year": "2035",
    "cvv": "123",
    "holder_name": "Asha Rao",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSeen:
    """
    A payment that a precondition made.
    """

    id: str
    order_id: str
    amount_minor: int
    document: Mapping[str, Any]


class Gateway:
    """
    The target behind one case; every exchange goes into the case's evidence.
    """

    def __init__(self, client: RecordingClient) -> None:
        self.client = client
        self.profile: Profile = client.profile

    async def get(
        self, operation: str, *, auth: Mapping[str, str] | None = None, **ids: str
    ) -> Answer:
        """
        GET an operation's path.
        """
        return await self.client.send("GET", self.profile.path(operation, **ids), auth=auth)

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
        self, order_id: str, *, headers: Mapping[str, str] | None = None, **fields: Any
    ) -> Answer:
        """
        POST a payment with exactly these members; a `card` is sent in the dialect's shape.
        """
        body: dict[str, Any] = {self.profile.field("order_id"): order_id}
        for name, value in fields.items():
            if name == "card" and self.profile.shape("card") == "flat":
                body |= _flat(value)
            else:
                body[self.profile.field(name)] = value
        return await self.client.send(
            "POST", self.profile.path("payments"), body=body, headers=headers
        )

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

        async def look() -> dict[str, Any] | None:
            answer = await self.get("payment", payment_id=payment_id)
            document = answer.document
            if answer.status != _OK or not isinstance(document, dict):
                return None
            return (
                document if document.get("status") not in ("pending", "processing", None) else None
            )

        found = await wait_until(look, within_s=DECIDED_WITHIN_S)
        if found is None:
            raise RequirementFailed(
                f"payment {payment_id} was not decided within {DECIDED_WITHIN_S:g} s"
            )
        return found

    async def successful_payment(self, amount_minor: int = 50_000) -> PaymentSeen:
        """
        Precondition: a payment that succeeded.
        """
        payment = await self.pending_payment(amount_minor, vpa="success@bank")
        try:
            document = await self.decided(payment.id)
        except RequirementFailed as failure:
            raise Blocked(str(failure)) from failure
        if document.get("status") != "success":
            raise Blocked(
                f"a payment did not succeed: {document.get('status')} {document.get('error_description')}"
            )
        return PaymentSeen(
            id=payment.id, order_id=payment.order_id, amount_minor=amount_minor, document=document
        )

    async def capture(
        self, payment_id: str, amount_minor: int, *, key: str | None = None
    ) -> Answer:
        """
        POST a capture.
        """
        return await self.client.send(
            "POST",
            self.profile.path("capture", payment_id=payment_id),
            body={"amount": amount_minor},
            headers={"Idempotency-Key": key} if key else None,
        )

    async def refund(self, payment_id: str, amount: Any, **fields: Any) -> Answer:
        """
        POST a refund.
        """
        return await self.client.send(
            "POST",
            self.profile.path("refunds", payment_id=payment_id),
            body={"amount": amount, **fields},
        )

    async def processed_refund(self, refund_id: str) -> dict[str, Any]:
        """
        The refund once it is no longer pending; fails when that takes too long.
        """

        async def look() -> dict[str, Any] | None:
            answer = await self.get("refund", refund_id=refund_id)
            document = answer.document
            if answer.status != _OK or not isinstance(document, dict):
                return None
            return document if document.get("status") != "pending" else None

        found = await wait_until(look, within_s=REFUNDED_WITHIN_S)
        if found is None:
            raise RequirementFailed(
                f"refund {refund_id} was not processed within {REFUNDED_WITHIN_S:g} s"
            )
        return found

    async def together(self, *requests: Any) -> list[Answer]:
        """
        Release the requests by one barrier over warm connections; answers in their order.
        """
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


def _flat(card: Mapping[str, str]) -> dict[str, str]:
    return {
        "card_number": card["number"],
        "card_expiry": f"{card['expiry_month']}/{card['expiry_year'][-2:]}",
        "card_cvv": card["cvv"],
        "card_holder_name": card["holder_name"],
    }
