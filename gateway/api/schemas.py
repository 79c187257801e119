"""
JSON Schemas (2020-12) of everything on the wire.
"""

from typing import Final

from gateway.api.shapes import (
    COUNT,
    CURRENCY,
    INSTANT,
    INSTANT_OR_NULL,
    MINOR,
    TEXT,
    TEXT_OR_NULL,
    Schema,
    id_of,
    object_of,
    page_of,
)

_PAYMENT_STATUS: Final[Schema] = {"enum": ["pending", "success", "failed", "voided"]}
_NEXT_ACTION: Final[Schema] = object_of({"type": {"const": "redirect"}, "url": TEXT})
_CARD: Final[Schema] = object_of(
    {"number": TEXT, "expiry_month": TEXT, "expiry_year": TEXT, "cvv": TEXT},
    {"holder_name": TEXT},
    closed=False,
)
_PAYMENT_IN_EVENT: Final[Schema] = object_of(
    {
        "id": id_of("pay_"),
        "order_id": id_of("order_"),
        "amount": MINOR,
        "currency": CURRENCY,
        "method": TEXT,
        "vpa": TEXT_OR_NULL,
        "status": _PAYMENT_STATUS,
        "created_at": INSTANT,
    },
    {
        "card_network": TEXT,
        "card_last4": TEXT,
        "error_code": TEXT,
        "error_description": TEXT,
    },
)
_REFUND_FIELDS: Final[dict[str, Schema]] = {
    "id": id_of("rfnd_"),
    "payment_id": id_of("pay_"),
    "amount": MINOR,
    "reason": TEXT_OR_NULL,
    "status": {"enum": ["pending", "processed", "failed"]},
    "created_at": INSTANT,
}

SCHEMAS: Final[dict[str, Schema]] = {
    "Error": object_of({"error": object_of({"code": TEXT, "description": TEXT})}, closed=False),
    "Health": object_of(
        {
            "status": {"enum": ["healthy", "unhealthy"]},
            "database": {"enum": ["connected", "disconnected"]},
            "worker": {"enum": ["running", "stopped"]},
            "timestamp": INSTANT,
        }
    ),
    "TestMerchant": object_of(
        {
            "id": {"type": "string", "format": "uuid"},
            "email": TEXT,
            "api_key": TEXT,
            "seeded": {"const": True},
        }
    ),
    "JobsStatus": object_of(
        {
            "pending": COUNT,
            "processing": COUNT,
            "completed": COUNT,
            "failed": COUNT,
            "worker_status": {"enum": ["running", "stopped"]},
        }
    ),
    "Clock": object_of(
        {
            "mode": {"enum": ["real", "frozen", "auto"]},
            "now": INSTANT,
            "next_due_at": INSTANT_OR_NULL,
            "outstanding": COUNT,
            "followers_answered": {"type": "boolean"},
        }
    ),
    "NewOrder": object_of(
        {"amount": {"type": "integer", "minimum": 100, "maximum": 2**53 - 1}},
        {
            "currency": CURRENCY,
            "receipt": {"type": ["string", "null"], "maxLength": 255},
            "notes": {"type": ["object", "null"]},
        },
        closed=False,
    ),
    "Order": object_of(
        {
            "id": id_of("order_"),
            "merchant_id": {"type": "string", "format": "uuid"},
            "amount": MINOR,
            "currency": CURRENCY,
            "receipt": TEXT_OR_NULL,
            "notes": {"type": "object"},
            "status": {"enum": ["created", "paid"]},
            "created_at": INSTANT,
        },
        {"updated_at": INSTANT},
    ),
    "PublicOrder": object_of(
        {
            "id": id_of("order_"),
            "amount": MINOR,
            "currency": CURRENCY,
            "status": {"enum": ["created", "paid"]},
        },
        {"checkout_origins": {"type": "array", "items": TEXT}},
    ),
    "NewPayment": object_of(
        {"order_id": id_of("order_"), "method": {"enum": ["upi", "card", "netbanking"]}},
        {
            "vpa": TEXT,
            "card": _CARD,
            "card_token": TEXT,
            "bank_code": TEXT,
            "capture_method": {"enum": ["automatic", "manual"]},
            "return_url": {"type": "string", "format": "uri", "maxLength": 2048},
        },
        closed=False,
    ),
    "Payment": object_of(
        {
            "id": id_of("pay_"),
            "order_id": id_of("order_"),
            "amount": MINOR,
            "currency": CURRENCY,
            "method": TEXT,
            "status": _PAYMENT_STATUS,
            "created_at": INSTANT,
        },
        {
            "vpa": TEXT_OR_NULL,
            "card_network": TEXT_OR_NULL,
            "card_last4": TEXT_OR_NULL,
            "bank_code": TEXT_OR_NULL,
            "captured": {"type": "boolean"},
            "capture_method": {"enum": ["automatic", "manual"]},
            "amount_authorised": MINOR,
            "amount_captured": MINOR,
            "amount_refunded": MINOR,
            "error_code": TEXT_OR_NULL,
            "error_description": TEXT_OR_NULL,
            "decline_code": TEXT,
            "test_trigger": TEXT,
            "updated_at": INSTANT,
            "next_action": _NEXT_ACTION,
            "checkout_signature": TEXT,
            "retry_after_ms": COUNT,
        },
    ),
    "NewCapture": object_of({}, {"amount": {"type": "integer", "minimum": 1}}, closed=False),
    "NewRefund": object_of(
        {"amount": {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}},
        {"reason": {"type": ["string", "null"], "maxLength": 500}},
        closed=False,
    ),
    "Refund": object_of(_REFUND_FIELDS, {"processed_at": INSTANT_OR_NULL}),
    "Delivery": object_of(
        {
            "id": {"type": "string", "format": "uuid"},
            "event": TEXT,
            "status": {"enum": ["pending", "success", "failed"]},
            "attempts": COUNT,
            "created_at": INSTANT,
            "last_attempt_at": INSTANT_OR_NULL,
            "response_code": {"type": ["integer", "null"]},
            "next_retry_at": INSTANT_OR_NULL,
            "event_id": TEXT,
            "entity_id": TEXT,
        }
    ),
    "Attempts": object_of(
        {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Attempt"}}}
    ),
    "Attempt": object_of(
        {
            "generation": COUNT,
            "number": COUNT,
            "started_at": INSTANT,
            "finished_at": INSTANT_OR_NULL,
            "url": TEXT,
            "response_code": {"type": ["integer", "null"]},
            "error_class": TEXT_OR_NULL,
            "latency_ms": {"type": ["integer", "null"]},
            "response_body": TEXT_OR_NULL,
            "request_headers": {
                "type": ["object", "null"],
                "additionalProperties": {"type": "string"},
            },
        }
    ),
    "Scheduled": object_of({"id": TEXT, "status": {"const": "pending"}, "message": TEXT}),
    "NewWebhookConfig": object_of(
        {},
        {
            "webhook_url": TEXT_OR_NULL,
            "events": {"type": ["array", "null"], "items": TEXT},
            "checkout_origins": {"type": ["array", "null"], "items": TEXT, "maxItems": 50},
            "behaviour": {"enum": ["contract", "strict"]},
        },
        closed=False,
    ),
    "WebhookConfig": object_of(
        {
            "webhook_url": TEXT_OR_NULL,
            "webhook_secret": TEXT_OR_NULL,
            "signing_secret": TEXT_OR_NULL,
            "events": {"type": ["array", "null"], "items": TEXT},
            "checkout_origins": {"type": "array", "items": TEXT},
            "behaviour": {"enum": ["contract", "strict"]},
            "endpoint": object_of(
                {
                    "status": {"enum": ["enabled", "disabled"]},
                    "disabled_reason": TEXT_OR_NULL,
                    "consecutive_failures": COUNT,
                }
            ),
        }
    ),
    "Event": object_of(
        {
            "id": id_of("evt_"),
            "type": TEXT,
            "entity_id": TEXT,
            "created_at": INSTANT,
            "payload": {"type": "object"},
        }
    ),
    "OrderPage": page_of("Order"),
    "PaymentPage": page_of("Payment"),
    "RefundPage": page_of("Refund"),
    "DeliveryPage": page_of("Delivery"),
    "EventPage": page_of("Event"),
}


def event_schema(event: str) -> Schema:
    """
    The body of one event's webhooks.
    """
    data = object_of({"message": TEXT})
    if event.startswith("payment."):
        data = object_of({"payment": _PAYMENT_IN_EVENT})
    elif event.startswith("refund."):
        data = object_of({"refund": object_of({**_REFUND_FIELDS, "processed_at": INSTANT_OR_NULL})})
    return object_of({"event": {"const": event}, "timestamp": COUNT, "data": data})
