"""
Lists, newest first: `limit` and `offset` as in the contract, or `cursor` = the last id of the page before.
"""

from quart import Blueprint, Response, request

from gateway.api.requests import identifier, json_response, principal
from gateway.api.rows import (
    attempt_row,
    event_row,
    order_row,
    refund_row,
    webhook_row,
)
from gateway.api.state import context
from gateway.api.wire import payment_document
from gateway.services import listing as service
from gateway.services.listing import Listing, list_attempts, list_rows, payments_of_page

lists = Blueprint("lists", __name__)


def envelope(listing: Listing, rows: list[dict[str, object]]) -> Response:
    """
    A page as every list answers.
    """
    document: dict[str, object] = {
        "data": rows,
        "total": listing.page.total,
        "limit": listing.limit,
        "offset": listing.offset,
        "has_more": listing.page.has_more,
        "next_cursor": rows[-1]["id"] if rows and listing.page.has_more else None,
    }
    return json_response(document)


@lists.get("/api/v1/orders")
async def list_orders() -> Response:
    """
    The merchant's orders.
    """
    listing = await list_rows(context(), await principal(), "orders", request.args)
    return envelope(listing, [order_row(row) for row in listing.page.rows])


@lists.get("/api/v1/payments")
async def list_payments() -> Response:
    """
    The merchant's payments.
    """
    who = await principal()
    listing = await list_rows(context(), who, "payments", request.args)
    found = await payments_of_page(context(), who, listing.page)
    return envelope(listing, [payment_document(payment) for payment in found])


@lists.get("/api/v1/refunds")
async def list_refunds() -> Response:
    """
    The merchant's refunds.
    """
    listing = await list_rows(context(), await principal(), "refunds", request.args)
    return envelope(listing, [refund_row(row) for row in listing.page.rows])


@lists.get("/api/v1/payments/<payment_id>/refunds")
async def list_refunds_of_payment(payment_id: str) -> Response:
    """
    The refunds of one payment.
    """
    query = {**request.args.to_dict(), "payment_id": payment_id[:64]}
    listing = await list_rows(context(), await principal(), "refunds", query)
    return envelope(listing, [refund_row(row) for row in listing.page.rows])


@lists.get("/api/v1/webhooks")
async def list_webhooks() -> Response:
    """
    The merchant's deliveries.
    """
    listing = await list_rows(context(), await principal(), "webhooks", request.args)
    return envelope(listing, [webhook_row(row) for row in listing.page.rows])


@lists.get("/api/v1/webhooks/<delivery_id>/attempts")
async def list_webhook_attempts(delivery_id: str) -> Response:
    """
    Every attempt of one delivery, oldest first.
    """
    rows = await list_attempts(context(), await principal(), delivery_id)
    return json_response({"data": [attempt_row(row) for row in rows]})


@lists.get("/api/v1/events")
async def list_events() -> Response:
    """
    The merchant's events.
    """
    listing = await list_rows(context(), await principal(), "events", request.args)
    return envelope(listing, [event_row(row) for row in listing.page.rows])


@lists.get("/api/v1/events/<event_id>")
async def get_event(event_id: str) -> Response:
    """
    One event of the merchant.
    """
    who = await principal()
    wanted = identifier(event_id, "evt_", "Event not found")
    return json_response(event_row(await service.get_event(who, wanted)))
