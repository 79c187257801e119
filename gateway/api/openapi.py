"""
The API described by itself: OpenAPI 3.1, with a `webhooks` map.  Tested against real answers (tests/integration/gateway/test_openapi.py).
"""

from typing import Any, Final

from quart import Blueprint, Response

from gateway.api.requests import json_response
from gateway.api.schemas import SCHEMAS, event_schema
from gateway.domain.events import CONTRACT_EVENTS, EventType

openapi = Blueprint("openapi", __name__)

Document = dict[str, Any]
_ERRORS: Final = {
    400: "malformed, or forbidden by a rule of the contract",
    401: "bad credentials",
    404: "no such object of this merchant",
    405: "the path does not know the method",
    409: "in progress, or the state forbids it",
    413: "the body is too large",
    415: "not application/json",
    422: "the idempotency key belongs to another request",
    429: "too many requests",
    503: "a part is away; nothing was done",
}
_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "1 to 255 printable ASCII characters; repeats of the request get the stored answer for 24 hours",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_PAGE: Final = [
    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}},
    {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0}},
]  # fmt: skip


def _ref(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: Document, description: str) -> Document:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _operation(
    operation_id: str,
    summary: str,
    *,
    answers: Document,
    body: str | None = None,
    body_required: bool = True,
    public: bool = False,
    parameters: list[Document] | None = None,
) -> Document:
    responses: Document = dict(answers)
    for status, description in _ERRORS.items():
        if status != 401 or not public:  # noqa: PLR2004  credentials
            responses.setdefault(str(status), _json(_ref("Error"), description))
    operation: Document = {"operationId": operation_id, "summary": summary, "responses": responses}
    if body is not None:
        operation["requestBody"] = {
            "required": body_required,
            "content": {"application/json": {"schema": _ref(body)}},
        }
    if parameters:
        operation["parameters"] = parameters
    if public:
        operation["security"] = []
    return operation


def _path(name: str, prefix: str) -> Document:
    pattern = f"^{prefix}[A-Za-z0-9]{{16}}$" if prefix else "^[0-9a-f-]{36}$"
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": pattern},
    }


def _ok(schema: str, status: int = 200) -> Document:
    return {str(status): _json(_ref(schema), "done")}


def _listing(operation_id: str, schema: str) -> Document:
    return _operation(
        operation_id, f"List {operation_id[5:]}", answers=_ok(schema), parameters=list(_PAGE)
    )


def _core_paths() -> Document:
    order, payment, refund = (
        _path("order_id", "order_"),
        _path("payment_id", "pay_"),
        _path("refund_id", "rfnd_"),
    )
    return {
        "/api/v1/orders": {
            "post": _operation("create_order", "Create an order", answers=_ok("Order", 201), body="NewOrder"),
            "get": _listing("list_orders", "OrderPage"),
        },
        "/api/v1/orders/{order_id}": {"get": _operation("get_order", "Read an order", answers=_ok("Order"), parameters=[order])},
        "/api/v1/orders/{order_id}/public": {
            "get": _operation("get_public_order", "Read what the payer may see", answers=_ok("PublicOrder"), parameters=[order], public=True)
        },
        "/api/v1/payments": {
            "post": _operation("create_payment", "Create a payment", answers=_ok("Payment", 201), body="NewPayment", parameters=[_KEY]),
            "get": _listing("list_payments", "PaymentPage"),
        },
        "/api/v1/payments/public": {
            "post": _operation("create_public_payment", "Create a payment as the payer", answers=_ok("Payment", 201), body="NewPayment", public=True)
        },
        "/api/v1/payments/{payment_id}": {"get": _operation("get_payment", "Read a payment", answers=_ok("Payment"), parameters=[payment])},
        "/api/v1/payments/{payment_id}/public": {
            "get": _operation("get_public_payment", "Read what the payer may see", answers=_ok("Payment"), parameters=[payment], public=True)
        },
        "/api/v1/payments/{payment_id}/capture": {
            "post": _operation(
                "capture_payment", "Capture", answers=_ok("Payment"), body="NewCapture", body_required=False, parameters=[payment, _KEY]
            )
        },
        "/api/v1/payments/{payment_id}/void": {
            "post": _operation("void_payment", "Release an uncaptured hold", answers=_ok("Payment"), parameters=[payment, _KEY])
        },
        "/api/v1/payments/{payment_id}/refunds": {
            "post": _operation("create_refund", "Refund", answers=_ok("Refund", 201), body="NewRefund", parameters=[payment, _KEY]),
            "get": _operation("list_refunds_of_payment", "List its refunds", answers=_ok("RefundPage"), parameters=[payment, *_PAGE]),
        },
        "/api/v1/refunds": {"get": _listing("list_refunds", "RefundPage")},
        "/api/v1/refunds/{refund_id}": {"get": _operation("get_refund", "Read a refund", answers=_ok("Refund"), parameters=[refund])},
    }  # fmt: skip


def _webhook_paths() -> Document:
    delivery = _path("delivery_id", "")
    return {
        "/api/v1/webhooks": {"get": _listing("list_webhooks", "DeliveryPage")},
        "/api/v1/webhooks/{delivery_id}/attempts": {
            "get": _operation("list_attempts", "List the attempts of a delivery", answers=_ok("Attempts"), parameters=[delivery])
        },
        "/api/v1/webhooks/{delivery_id}/retry": {
            "post": _operation("retry_webhook", "Deliver again", answers=_ok("Scheduled"), parameters=[delivery])
        },
        "/api/v1/webhooks/config": {
            "get": _operation("get_webhook_config", "Read the webhook settings", answers=_ok("WebhookConfig")),
            "put": _operation("put_webhook_config", "Change the webhook settings", answers=_ok("WebhookConfig"), body="NewWebhookConfig"),
        },
        "/api/v1/webhooks/config/regenerate-secret": {
            "post": _operation("regenerate_secret", "New secrets; the old ones stay valid for the overlap", answers=_ok("WebhookConfig"))
        },
        "/api/v1/webhooks/test": {"post": _operation("send_test_webhook", "Deliver a webhook.test event", answers=_ok("Scheduled"))},
        "/api/v1/events": {"get": _listing("list_events", "EventPage")},
    }  # fmt: skip


def _open_paths() -> Document:
    return {
        "/health": {
            "get": _operation("get_health", "Is it healthy", answers={**_ok("Health"), "503": _json(_ref("Health"), "unhealthy")}, public=True)
        },
        "/api/v1/test/merchant": {"get": _operation("get_test_merchant", "The seeded merchant", answers=_ok("TestMerchant"), public=True)},
        "/api/v1/test/jobs/status": {"get": _operation("get_jobs_status", "Queues and worker", answers=_ok("JobsStatus"), public=True)},
        "/api/v1/test/clock": {"get": _operation("get_clock", "The business clock", answers=_ok("Clock"), public=True)},
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
        "paths": {**_open_paths(), **_core_paths(), **_webhook_paths()},
        "webhooks": webhooks,
        "components": {"schemas": SCHEMAS, "securitySchemes": security},
    }


@openapi.get("/openapi.json")
async def get_openapi() -> Response:
    """
    The description.
    """
    return json_response(document())
