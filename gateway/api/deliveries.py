"""
Deliveries: one with its bytes, and many retried at once.
"""

import uuid

import msgspec
from quart import Blueprint, Response

from gateway.api.requests import body, json_response, principal
from gateway.api.rows import instant
from gateway.api.state import context
from gateway.services import deliveries as service

deliveries = Blueprint("deliveries", __name__)


@deliveries.get("/api/v1/webhooks/<uuid:delivery_id>")
async def get_delivery(delivery_id: uuid.UUID) -> Response:
    """
    One delivery; `body` is what every attempt sends, byte for byte.
    """
    row = await service.get_delivery(context(), await principal(), delivery_id)
    return json_response(
        {
            "id": str(row["id"]),
            "event": row["event"],
            "status": row["status"],
            "attempts": row["attempts"],
            "created_at": instant(row["created_at"]),
            "last_attempt_at": instant(row["last_attempt_at"]),
            "response_code": row["response_code"],
            "next_retry_at": instant(row["next_retry_at"]),
            "event_id": row["event_id"],
            "entity_id": row["entity_id"],
            "payload": msgspec.Raw(row["payload"].encode()),
            "body": row["body"].decode(),
        }
    )


@deliveries.post("/api/v1/webhooks/retry")
async def retry_deliveries() -> Response:
    """
    Deliver again everything that fits; `dry_run` only counts.
    """
    who = await principal()
    count, scheduled = await service.retry_deliveries(context(), who, await body())
    return json_response({"count": count, "scheduled": scheduled})
