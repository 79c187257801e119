"""
The API described by itself: OpenAPI 3.1, with a `webhooks` map.  Tested against real answers (tests/integration/gateway/test_openapi.py).
"""

from quart import Blueprint, Response

from gateway.api.describing import (
    KEY,
    PAGE,
    Document,
    json_answer,
    listing,
    ok,
    operation,
    path_parameter,
    ref,
)
from gateway.api.requests import json_response
from gateway.api.schemas import SCHEMAS, event_schema
from gateway.api.view_paths import view_paths
from gateway.api.view_schemas import VIEW_SCHEMAS
from gateway.domain.events import CONTRACT_EVENTS, EventType

openapi = Blueprint("openapi", __name__)


def _core_paths() -> Document:
    order, payment, refund = (
        path_parameter("order_id", "order_"),
        path_parameter("payment_id", "pay_"),
        path_parameter("refund_id", "rfnd_"),
    )
    return {
        "/api/v1/orders": {
            "post": operation("create_order", "Create an order", answers=ok("Order", 201), body="NewOrder"),
            "get": listing("list_orders", "OrderPage"),
        },
        "/api/v1/orders/{order_id}": {"get": operation("get_order", "Read an order", answers=ok("Order"), parameters=[order])},
        "/api/v1/orders/{order_id}/public": {
            "get": operation("get_public_order", "Read what the payer may see", answers=ok("PublicOrder"), parameters=[order], public=True)
        },
        "/api/v1/payments": {
            "post": operation("create_payment", "Create a payment", answers=ok("Payment", 201), body="NewPayment", parameters=[KEY]),
            "get": listing("list_payments", "PaymentPage"),
        },
        "/api/v1/payments/public": {
            "post": operation("create_public_payment", "Create a payment as the payer", answers=ok("Payment", 201), body="NewPayment", public=True)
        },
        "/api/v1/payments/{payment_id}": {"get": operation("get_payment", "Read a payment", answers=ok("Payment"), parameters=[payment])},
        "/api/v1/payments/{payment_id}/public": {
            "get": operation("get_public_payment", "Read what the payer may see", answers=ok("Payment"), parameters=[payment], public=True)
        },
        "/api/v1/payments/{payment_id}/capture": {
            "post": operation(
                "capture_payment", "Capture", answers=ok("Payment"), body="NewCapture", body_required=False, parameters=[payment, KEY]
            )
        },
        "/api/v1/payments/{payment_id}/void": {
            "post": operation("void_payment", "Release an uncaptured hold", answers=ok("Payment"), parameters=[payment, KEY])
        },
        "/api/v1/payments/{payment_id}/refunds": {
            "post": operation("create_refund", "Refund", answers=ok("Refund", 201), body="NewRefund", parameters=[payment, KEY]),
            "get": operation("list_refunds_of_payment", "List its refunds", answers=ok("RefundPage"), parameters=[payment, *PAGE]),
        },
        "/api/v1/refunds": {"get": listing("list_refunds", "RefundPage")},
        "/api/v1/refunds/{refund_id}": {"get": operation("get_refund", "Read a refund", answers=ok("Refund"), parameters=[refund])},
    }  # fmt: skip


def _webhook_paths() -> Document:
    delivery = path_parameter("delivery_id", "")
    return {
        "/api/v1/webhooks": {"get": listing("list_webhooks", "DeliveryPage")},
        "/api/v1/webhooks/{delivery_id}/attempts": {
            "get": operation("list_attempts", "List the attempts of a delivery", answers=ok("Attempts"), parameters=[delivery])
        },
        "/api/v1/webhooks/{delivery_id}/retry": {
            "post": operation("retry_webhook", "Deliver again", answers=ok("Scheduled"), parameters=[delivery])
        },
        "/api/v1/webhooks/config": {
            "get": operation("get_webhook_config", "Read the webhook settings", answers=ok("WebhookConfig")),
            "put": operation("put_webhook_config", "Change the webhook settings", answers=ok("WebhookConfig"), body="NewWebhookConfig"),
        },
        "/api/v1/webhooks/config/regenerate-secret": {
            "post": operation("regenerate_secret", "New secrets; the old ones stay valid for the overlap", answers=ok("WebhookConfig"))
        },
        "/api/v1/webhooks/test": {"post": operation("send_test_webhook", "Deliver a webhook.test event", answers=ok("Scheduled"))},
        "/api/v1/events": {"get": listing("list_events", "EventPage")},
    }  # fmt: skip


def _open_paths() -> Document:
    return {
        "/health": {
            "get": operation("get_health", "Is it healthy", answers={**ok("Health"), "503": json_answer(ref("Health"), "unhealthy")}, public=True)
        },
        "/api/v1/test/merchant": {"get": operation("get_test_merchant", "The seeded merchant", answers=ok("TestMerchant"), public=True)},
        "/api/v1/test/jobs/status": {"get": operation("get_jobs_status", "Queues and worker", answers=ok("JobsStatus"), public=True)},
        "/api/v1/test/clock": {"get": operation("get_clock", "The business clock", answers=ok("Clock"), public=True)},
    }  # fmt: skip


def document() -> Document:
    """
    The whole description.
    """
    security = {
        "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
        "secret": {"type": "apiKey", "in": "header", "name": "X-Api-Secret"},
    }
    webhooks = {
        event.value: {
            "post": {
                "operationId": f"on_{event.value.replace('.', '_')}",
                "summary": f"{event.value} happened",
                "requestBody": {
                    "content": {"application/json": {"schema": event_schema(event.value)}}
                },
                "responses": {"2XX": {"description": "taken; anything else is tried again"}},
            }
        }
        for event in EventType
        if event in CONTRACT_EVENTS
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "paywright gateway",
            "version": "1",
            "description": "A payment gateway for tests. No real money.",
        },
        "security": [{"key": [], "secret": []}],
        "paths": {**_open_paths(), **_core_paths(), **_webhook_paths(), **view_paths()},
        "webhooks": webhooks,
        "components": {"schemas": {**SCHEMAS, **VIEW_SCHEMAS}, "securitySchemes": security},
    }


@openapi.get("/openapi.json")
async def get_openapi() -> Response:
    """
    The description.
    """
    return json_response(document())
