"""
The gateway's public endpoints with a programmable outcome, and what it saw.  Also the merchant's endpoints that the demo shop uses.
"""

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from quart import Quart, Response, request

from tests.browser.checkout.fake_receiver import FakeReceiver

#: Polls of the page are this far apart here; the page's own interval is 2 s.
QUICK_MS = 60


def signature_of(order_id: str, payment_id: str) -> str:
    """
    What the gateway signs with the merchant's webhook secret: conventions 4.7.
    """
    signed = f"{order_id}|{payment_id}".encode()
    return hmac.new(b"whsec_test_abc123", signed, hashlib.sha256).hexdigest()


@dataclass(kw_only=True)
class Seen:
    """
    One request of the page.
    """

    method: str
    path: str
    text: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        """
        The body.
        """
        return json.loads(self.text)


@dataclass(kw_only=True)
class FakeOrder:
    """
    An order and what becomes of its payments.

    `answers` are merged over the payment for each poll, the last one for ever; `creates` are statuses given before a payment is made;
    `refusal` answers creation with (status, code, description).
    """

    id: str
    amount: int = 50_000
    currency: str = "INR"
    status: str = "created"
    extra: dict[str, Any] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=lambda: [{}, {"status": "success"}])
    creates: list[int] = field(default_factory=list)
    refusal: tuple[int, str, str] | None = None
    token_refusal: tuple[int, str, str] | None = None
    poll_ms: int | None = QUICK_MS
    is_down: bool = False
    gate: asyncio.Event | None = None
    payments: list[dict[str, Any]] = field(default_factory=list)
    polls: int = 0
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)

    def program(self, *answers: dict[str, Any]) -> None:
        """
        The next payment is answered so, poll by poll.
        """
        self.answers, self.polls = list(answers), 0

    def document(self, payment: dict[str, Any]) -> dict[str, Any]:
        """
        The payment as it stands now.
        """
        answer = self.answers[min(self.polls, len(self.answers) - 1)]
        hint = {} if self.poll_ms is None else {"retry_after_ms": self.poll_ms}
        document = {**payment, **hint, **answer}
        if document["status"] == "success":
            document["checkout_signature"] = signature_of(self.id, payment["id"])
        return document


FAILED = {
    "status": "failed",
    "error_code": "PAYMENT_FAILED",
    "error_description": "The account has too little money",
}


class FakeGateway:
    """
    All orders, all requests.
    """

    def __init__(self, checkout_origin: str, receiver_url: str, receiver: FakeReceiver) -> None:
        self.checkout_origin = checkout_origin
        self.receiver_url = receiver_url
        self.receiver = receiver
        self.orders: dict[str, FakeOrder] = {}
        self.seen: list[Seen] = []
        self.webhook_url: str | None = None
        self.refuses_merchant = False

    def order(self, **settings: Any) -> FakeOrder:
        """
        A new order.
        """
        order = FakeOrder(id=f"order_{len(self.orders):016d}", **settings)
        self.orders[order.id] = order
        return order

    def requests(self, order: FakeOrder, path: str = "", method: str = "") -> list[Seen]:
        """
        What concerned the order, by part of the path.
        """
        payments = [payment["id"] for payment in order.payments]
        return [
            seen
            for seen in self.seen
            if path in seen.path
            and method in seen.method
            and (
                order.id in seen.path
                or order.id in seen.text
                or any(payment in seen.path for payment in payments)
            )
        ]

    def find_payment(self, payment_id: str) -> tuple[FakeOrder, dict[str, Any]] | None:
        """
        A payment and its order.
        """
        for order in self.orders.values():
            for payment in order.payments:
                if payment["id"] == payment_id:
                    return order, payment
        return None

    async def create(self, order: FakeOrder, body: dict[str, Any], key: str) -> Response:
        """
        Make a payment, or do what was programmed.
        """
        if order.gate is not None:
            await order.gate.wait()
        if order.creates and (status := order.creates.pop(0)) != 201:
            code = "IDEMPOTENCY_KEY_IN_USE" if status == 409 else "INTERNAL_SERVER_ERROR"
            return refuse(status, code, "Try later")
        if order.refusal is not None:
            return refuse(*order.refusal)
        if key in order.keys:
            return answer(order.keys[key], 201)
        payment = {
            "id": f"pay_{len(order.payments):03d}{order.id[-13:]}",
            "order_id": order.id,
            "amount": order.amount,
            "currency": order.currency,
            "method": body["method"],
            "status": "pending",
            "error_code": None,
            "error_description": None,
        }
        order.payments.append(payment)
        document = order.document(payment)
        order.keys[key] = document
        return answer(document, 201)


def answer(document: object, status: int = 200) -> Response:
    """
    JSON.
    """
    return Response(json.dumps(document), status, content_type="application/json")


def refuse(status: int, code: str, description: str) -> Response:
    """
    The contract's error envelope.
    """
    return answer({"error": {"code": code, "description": description}}, status)


def gateway_app(gateway: FakeGateway) -> Quart:  # noqa: C901  a table of routes
    """
    The public endpoints, with the CORS rule of the real gateway.
    """
    app = Quart("fake_gateway")

    @app.before_request
    async def record() -> Response | None:
        if request.method == "OPTIONS":
            return Response("", 204)
        gateway.seen.append(
            Seen(
                method=request.method,
                path=request.full_path,
                text=str(await request.get_data(as_text=True)),
                headers=dict(request.headers),
            )
        )
        return None

    @app.after_request
    async def cors(response: Response) -> Response:
        if request.path.endswith("/public"):
            response.headers["Access-Control-Allow-Origin"] = gateway.checkout_origin
            response.headers["Access-Control-Allow-Headers"] = "Content-Type, Idempotency-Key"
            response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        return response

    @app.get("/api/v1/orders/<order_id>/public")
    async def order(order_id: str) -> Response:
        found = gateway.orders.get(order_id)
        if found is None:
            return refuse(404, "NOT_FOUND_ERROR", "Order not found")
        if found.is_down:
            return refuse(503, "RETRY_LATER", "Away")
        shown = {name: getattr(found, name) for name in ("id", "amount", "currency", "status")}
        return answer({**shown, **found.extra})

    @app.post("/api/v1/tokens/public")
    async def tokenise() -> Response:
        body = await request.get_json()
        order = gateway.orders[body["order_id"]]
        if order.token_refusal is not None:
            return refuse(*order.token_refusal)
        last4 = body["number"][-4:]
        token = f"visa.{last4}.tok_1"
        return answer({"token": token, "card_network": "visa", "card_last4": last4}, 201)

    @app.post("/api/v1/payments/public")
    async def create() -> Response:
        body = await request.get_json()
        key = request.headers.get("Idempotency-Key", "")
        return await gateway.create(gateway.orders[body["order_id"]], body, key)

    @app.get("/api/v1/payments/<payment_id>/public")
    async def payment(payment_id: str) -> Response:
        found = gateway.find_payment(payment_id)
        if found is None:
            return refuse(404, "NOT_FOUND_ERROR", "Payment not found")
        order, document = found
        order.polls += 1
        return answer(order.document(document))

    _install_merchant(app, gateway)
    return app


def _install_merchant(app: Quart, gateway: FakeGateway) -> None:
    """
    What the demo shop's server calls with its secret.
    """

    def refused() -> Response | None:
        pair = (request.headers.get("X-Api-Key"), request.headers.get("X-Api-Secret"))
        if gateway.refuses_merchant or pair != ("key_test_abc123", "secret_test_xyz789"):
            return refuse(401, "AUTHENTICATION_ERROR", "Invalid API credentials")
        return None

    @app.route("/api/v1/webhooks/config", methods=["GET", "PUT"])
    async def config() -> Response:
        if request.method == "PUT":
            gateway.webhook_url = (await request.get_json())["webhook_url"]
        return refused() or answer(
            {"webhook_url": gateway.webhook_url, "webhook_secret": "whsec_test_abc123"}
        )

    @app.post("/api/v1/orders")
    async def create_order() -> Response:
        body = await request.get_json()
        order = gateway.order(amount=body["amount"], currency=body["currency"])
        return refused() or answer({"id": order.id, "status": "created", **body}, 201)

    @app.get("/api/v1/payments/<payment_id>")
    async def full_payment(payment_id: str) -> Response:
        found = gateway.find_payment(payment_id)
        assert found is not None
        order, document = found
        shown = order.document(document)
        shown.pop("checkout_signature", None)
        gateway.receiver.deliver(f"payment.{shown['status']}", shown)
        return refused() or answer(shown)
