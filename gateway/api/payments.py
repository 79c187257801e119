"""
Payments: create, read, capture, void; and the public routes of the checkout page.
"""

from quart import Blueprint, Response

from gateway.api.requests import (
    body,
    identifier,
    json_response,
    keyed,
    optional_body,
    principal,
    reply_response,
    scenario,
)
from gateway.api.state import context, state
from gateway.api.wire import (
    captured_document,
    new_payment_document,
    new_public_payment_document,
    payment_document,
    public_payment_document,
)
from gateway.domain.errors import BadRequest
from gateway.domain.merchant import Principal
from gateway.domain.origins import origin_of, spellings
from gateway.services import captures as capture_service
from gateway.services import payments as service
from gateway.services.merchants import principal_of_order

payments = Blueprint("payments", __name__)


@payments.post("/api/v1/payments")
async def create_payment() -> Response:
    """
    Create a pending payment.
    """
    who = await principal()
    fields = await body()
    reply = await service.create_payment(
        context(), who, fields, key=keyed(fields), scenario=scenario(), render=new_payment_document
    )
    return reply_response(reply)


def _order_id(fields: dict[str, object]) -> str:
    order_id = fields.get("order_id", fields.get("orderId"))
    if not isinstance(order_id, str):
        raise BadRequest("order_id must be the id of an order", param="order_id")
    return identifier(order_id, "order_", "Order not found")


def _check_return_url(value: object, who: Principal) -> None:
    """
    A payer may only be sent back to the checkout or to a page of the merchant's: else the bank would lead anybody anywhere.
    """
    if value is None:
        return
    origin = origin_of(value) if isinstance(value, str) else None
    if origin not in (*spellings(state().checkout_origin), *who.merchant.checkout_origins):
        raise BadRequest(
            "return_url must be a page of the checkout or of one of the merchant's checkout_origins",
            param="return_url",
        )


@payments.post("/api/v1/payments/public")
async def create_public_payment() -> Response:
    """
    Create a payment for the merchant of the order, as the payer.
    """
    fields = await body()
    who = await principal_of_order(context(), _order_id(fields))
    fields.pop("capture_method", None)
    _check_return_url(fields.get("return_url"), who)
    reply = await service.create_payment(
        context(),
        who,
        fields,
        key=keyed(fields),
        scenario=scenario(),
        render=new_public_payment_document,
    )
    return reply_response(reply)


@payments.post("/api/v1/tokens/public")
async def tokenise_card() -> Response:
    """
    Put the payer's card into the bank's vault.
    """
    fields = await body()
    who = await principal_of_order(context(), _order_id(fields))
    return json_response(await service.tokenise_card(context(), who, fields), 201)


@payments.get("/api/v1/payments/<payment_id>")
async def get_payment(payment_id: str) -> Response:
    """
    The merchant's payment.
    """
    who = await principal()
    wanted = identifier(payment_id, "pay_", "Payment not found")
    return json_response(payment_document(await service.get_payment(context(), who, wanted)))


@payments.get("/api/v1/payments/<payment_id>/public")
async def get_public_payment(payment_id: str) -> Response:
    """
    The payment for the checkout page.
    """
    wanted = identifier(payment_id, "pay_", "Payment not found")
    payment, signature = await service.get_public_payment(context(), wanted)
    document = public_payment_document(payment, now=context().clock.now())
    if signature is not None:
        document["checkout_signature"] = signature
    return json_response(document)


@payments.post("/api/v1/payments/<payment_id>/capture")
async def capture_payment(payment_id: str) -> Response:
    """
    Capture the payment.
    """
    who = await principal()
    wanted = identifier(payment_id, "pay_", "Payment not found")
    fields = await optional_body()
    reply = await capture_service.capture_payment(
        context(), who, wanted, fields, key=keyed(fields), render=captured_document
    )
    return reply_response(reply)


@payments.post("/api/v1/payments/<payment_id>/void")
async def void_payment(payment_id: str) -> Response:
    """
    Release an uncaptured authorisation.
    """
    who = await principal()
    wanted = identifier(payment_id, "pay_", "Payment not found")
    fields = await optional_body()
    reply = await capture_service.void_payment(
        context(), who, wanted, key=keyed(fields), render=payment_document
    )
    return reply_response(reply)
