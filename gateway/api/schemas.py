"""
JSON Schemas (2020-12) of everything on the wire.
"""

from typing import Any, Final

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_TEXT_OR_NULL: Final[Schema] = {"type": ["string", "null"]}
_INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
_INSTANT_OR_NULL: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
_MINOR: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_CURRENCY: Final[Schema] = {"type": "string", "pattern": "^[A-Z]{3}$"}


def _id(prefix: str) -> Schema:
    return {"type": "string", "pattern": f"^{prefix}[A-Za-z0-9]{{16}}$"}


def _object(
    required: dict[str, Schema], optional: dict[str, Schema] | None = None, *, closed: bool = True
) -> Schema:
    schema: Schema = {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
    }
    if closed:
        schema["additionalProperties"] = False
    return schema


def _page(row: str) -> Schema:
    return _object(
        {
            "data": {"type": "array", "items": {"$ref": f"#/components/schemas/{row}"}},
            "total": _COUNT,
            "limit": _COUNT,
            "offset": _COUNT,
            "has_more": {"type": "boolean"},
            "next_cursor": _TEXT_OR_NULL,
        }
    )


_PAYMENT_STATUS: Final[Schema] = {"enum": ["pending", "success", "failed", "voided"]}
_NEXT_ACTION: Final[Schema] = _object({"type": {"const": "redirect"}, "url": _TEXT})
_CARD: Final[Schema] = _object(
    {"number": _TEXT, "expiry_month": _TEXT, "expiry_year": _TEXT, "cvv": _TEXT},
    {"holder_name": _TEXT},
    closed=False,
)
_PAYMENT_IN_EVENT: Final[Schema] = _object(
    {
        "id": _id("pay_"),
        "order_id": _id("order_"),
        "amount": _MINOR,
        "currency": _CURRENCY,
        "method": _TEXT,
        "vpa": _TEXT_OR_NULL,
        "status": _PAYMENT_STATUS,
        "created_at": _INSTANT,
    },
    {
        "card_network": _TEXT,
        "card_last4": _TEXT,
        "error_code": _TEXT,
        "error_description": _TEXT,
    },
)
_REFUND_FIELDS: Final[dict[str, Schema]] = {
    "id": _id("rfnd_"),
    "payment_id": _id("pay_"),
    "amount": _MINOR,
    "reason": _TEXT_OR_NULL,
    "status": {"enum": ["pending", "processed", "failed"]},
    "created_at": _INSTANT,
}

SCHEMAS: Final[dict[str, Schema]] = {
    "Error": _object({"error": _object({"code": _TEXT, "description": _TEXT})}, closed=False),
    "Health": _object(
        {
            "status": {"enum": ["healthy", "unhealthy"]},
            "database": {"enum": ["connected", "disconnected"]},
            "worker": {"enum": ["running", "stopped"]},
            "timestamp": _INSTANT,
        }
    ),
    "TestMerchant": _object(
        {
            "id": {"type": "string", "format": "uuid"},
            "email": _TEXT,
            "api_key": _TEXT,
            "seeded": {"const": True},
        }
    ),
    "JobsStatus": _object(
        {
            "pending": _COUNT,
            "processing": _COUNT,
            "completed": _COUNT,
            "failed": _COUNT,
            "worker_status": {"enum": ["running", "stopped"]},
        }
    ),
    "Clock": _object({"mode": {"enum": ["real", "frozen", "auto"]}, "now": _INSTANT}),
    "NewOrder": _object(
        {"amount": {"type": "integer", "minimum": 100, "maximum": 2**53 - 1}},
        {
            "currency": _CURRENCY,
            "receipt": {"type": ["string", "null"], "maxLength": 255},
            "notes": {"type": ["object", "null"]},
        },
        closed=False,
    ),
    "Order": _object(
        {
            "id": _id("order_"),
            "merchant_id": {"type": "string", "format": "uuid"},
            "amount": _MINOR,
            "currency": _CURRENCY,
            "receipt": _TEXT_OR_NULL,
            "notes": {"type": "object"},
            "status": {"enum": ["created", "paid"]},
            "created_at": _INSTANT,
        },
        {"updated_at": _INSTANT},
    ),
    "PublicOrder": _object(
        {
            "id": _id("order_"),
            "amount": _MINOR,
            "currency": _CURRENCY,
            "status": {"enum": ["created", "paid"]},
        },
        {"checkout_origins": {"type": "array", "items": _TEXT}},
    ),
    "NewPayment": _object(
        {"order_id": _id("order_"), "method": {"enum": ["upi", "card", "netbanking"]}},
        {
            "vpa": _TEXT,
            "card": _CARD,
            "card_token": _TEXT,
            "bank_code": _TEXT,
            "capture_method": {"enum": ["automatic", "manual"]},
            "return_url": {"type": "string", "format": "uri", "maxLength": 2048},
        },
        closed=False,
    ),
    "Payment": _object(
        {
            "id": _id("pay_"),
            "order_id": _id("order_"),
            "amount": _MINOR,
            "currency": _CURRENCY,
            "method": _TEXT,
            "status": _PAYMENT_STATUS,
            "created_at": _INSTANT,
        },
        {
            "vpa": _TEXT_OR_NULL,
            "card_network": _TEXT_OR_NULL,
            "card_last4": _TEXT_OR_NULL,
            "bank_code": _TEXT_OR_NULL,
            "captured": {"type": "boolean"},
            "capture_method": {"enum": ["automatic", "manual"]},
            "amount_refunded": _MINOR,
            "error_code": _TEXT_OR_NULL,
            "error_description": _TEXT_OR_NULL,
            "decline_code": _TEXT,
            "test_trigger": _TEXT,
            "updated_at": _INSTANT,
            "next_action": _NEXT_ACTION,
            "checkout_signature": _TEXT,
        },
    ),
    "NewCapture": _object({}, {"amount": {"type": "integer", "minimum": 1}}, closed=False),
    "NewRefund": _object(
        {"amount": {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}},
        {"reason": {"type": ["string", "null"], "maxLength": 500}},
        closed=False,
    ),
    "Refund": _object(_REFUND_FIELDS, {"processed_at": _INSTANT_OR_NULL}),
    "Delivery": _object(
        {
            "id": {"type": "string", "format": "uuid"},
            "event": _TEXT,
            "status": {"enum": ["pending", "success", "failed"]},
            "attempts": _COUNT,
            "created_at": _INSTANT,
            "last_attempt_at": _INSTANT_OR_NULL,
            "response_code": {"type": ["integer", "null"]},
            "next_retry_at": _INSTANT_OR_NULL,
            "event_id": _TEXT,
            "entity_id": _TEXT,
        }
    ),
    "Attempts": _object(
        {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Attempt"}}}
    ),
    "Attempt": _object(
        {
            "generation": _COUNT,
            "number": _COUNT,
            "started_at": _INSTANT,
            "finished_at": _INSTANT_OR_NULL,
            "url": _TEXT,
            "response_code": {"type": ["integer", "null"]},
            "error_class": _TEXT_OR_NULL,
            "latency_ms": {"type": ["integer", "null"]},
            "response_body": _TEXT_OR_NULL,
        }
    ),
    "Scheduled": _object({"id": _TEXT, "status": {"const": "pending"}, "message": _TEXT}),
    "NewWebhookConfig": _object(
        {},
        {
            "webhook_url": _TEXT_OR_NULL,
            "events": {"type": ["array", "null"], "items": _TEXT},
            "checkout_origins": {"type": ["array", "null"], "items": _TEXT, "maxItems": 50},
            "behaviour": {"enum": ["contract", "strict"]},
        },
        closed=False,
    ),
    "WebhookConfig": _object(
        {
            "webhook_url": _TEXT_OR_NULL,
            "webhook_secret": _TEXT_OR_NULL,
            "signing_secret": _TEXT_OR_NULL,
            "events": {"type": ["array", "null"], "items": _TEXT},
            "checkout_origins": {"type": "array", "items": _TEXT},
            "behaviour": {"enum": ["contract", "strict"]},
            "endpoint": _object(
                {
                    "status": {"enum": ["enabled", "disabled"]},
                    "disabled_reason": _TEXT_OR_NULL,
                    "consecutive_failures": _COUNT,
                }
            ),
        }
    ),
    "Event": _object(
        {
            "id": _id("evt_"),
            "type": _TEXT,
            "entity_id": _TEXT,
            "created_at": _INSTANT,
            "payload": {"type": "object"},
        }
    ),
    "OrderPage": _page("Order"),
    "PaymentPage": _page("Payment"),
    "RefundPage": _page("Refund"),
    "DeliveryPage": _page("Delivery"),
    "EventPage": _page("Event"),
}


def event_schema(event: str) -> Schema:
    """
    The body of one event's webhooks.
    """
    data = _object({"message": _TEXT})
    if event.startswith("payment."):
        data = _object({"payment": _PAYMENT_IN_EVENT})
    elif event.startswith("refund."):
        data = _object({"refund": _object({**_REFUND_FIELDS, "processed_at": _INSTANT_OR_NULL})})
    return _object({"event": {"const": event}, "timestamp": _COUNT, "data": data})
