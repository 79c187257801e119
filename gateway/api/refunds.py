"""
Refunds.
"""

from functools import partial

from quart import Blueprint, Response

from gateway.api.requests import body, identifier, json_response, keyed, principal, reply_response
from gateway.api.state import context
from gateway.api.wire import refund_document
from gateway.services import refunds as service

refunds = Blueprint("refunds", __name__)


@refunds.post("/api/v1/payments/<payment_id>/refunds")
async def create_refund(payment_id: str) -> Response:
    """
    Create a pending refund.
    """
    who = await principal()
    wanted = identifier(payment_id, "pay_", "Payment not found")
    fields = await body()
    reply = await service.create_refund(
        context(),
        who,
        wanted,
        fields,
        key=keyed(fields),
        render=partial(refund_document, with_processing=False),
    )
    return reply_response(reply)


@refunds.get("/api/v1/refunds/<refund_id>")
async def get_refund(refund_id: str) -> Response:
    """
    The merchant's refund.
    """
    who = await principal()
    wanted = identifier(refund_id, "rfnd_", "Refund not found")
    refund = await service.get_refund(context(), who, wanted)
    return json_response(refund_document(refund, with_processing=True))
