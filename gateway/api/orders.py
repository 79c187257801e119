"""
Orders.
"""

from quart import Blueprint, Response

from gateway.api.requests import body, identifier, json_response, principal
from gateway.api.state import context
from gateway.api.wire import order_document, public_order_document
from gateway.services import orders as service

orders = Blueprint("orders", __name__)


@orders.post("/api/v1/orders")
async def create_order() -> Response:
    """
    Create an order.
    """
    who = await principal()
    order = await service.create_order(context(), who, await body())
    return json_response(order_document(order, with_update=False), 201)


@orders.get("/api/v1/orders/<order_id>")
async def get_order(order_id: str) -> Response:
    """
    The merchant's order.
    """
    who = await principal()
    wanted = identifier(order_id, "order_", "Order not found")
    order = await service.get_order(context(), who, wanted)
    return json_response(order_document(order, with_update=True))


@orders.get("/api/v1/orders/<order_id>/public")
async def get_public_order(order_id: str) -> Response:
    """
    The order for the checkout page.
    """
    wanted = identifier(order_id, "order_", "Order not found")
    order, merchant = await service.get_public_order(context(), wanted)
    return json_response(public_order_document(order, merchant))
