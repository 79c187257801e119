"""
Webhook settings, secrets, the test webhook and manual retry.
"""

from quart import Blueprint, Response

from gateway.api.requests import body, json_response, principal
from gateway.api.state import context
from gateway.services import webhooks as service

webhooks = Blueprint("webhooks", __name__)


def _document(readable: service.ReadableSettings) -> dict[str, object]:
    settings = readable.settings
    return {
        "webhook_url": settings.url,
        "webhook_secret": readable.webhook_secret,
        "signing_secret": readable.signing_secret,
        "events": None if settings.events is None else list(settings.events),
        "checkout_origins": list(settings.checkout_origins),
        "behaviour": settings.behaviour,
        "endpoint": {
            "status": settings.status,
            "disabled_reason": settings.disabled_reason,
            "consecutive_failures": settings.consecutive_failures,
        },
    }


@webhooks.get("/api/v1/webhooks/config")
@webhooks.get("/api/v1/merchants/me")
async def get_config() -> Response:
    """
    The merchant's webhook settings, secrets in clear.
    """
    return json_response(_document(await service.get_settings(context(), await principal())))


@webhooks.put("/api/v1/webhooks/config")
@webhooks.put("/api/v1/merchants/me")
async def put_config() -> Response:
    """
    Change the members that the body names.
    """
    who = await principal()
    return json_response(_document(await service.change_settings(context(), who, await body())))


@webhooks.post("/api/v1/webhooks/config/regenerate-secret")
async def regenerate_secret() -> Response:
    """
    New secrets; the old ones stay valid for the overlap.
    """
    return json_response(_document(await service.regenerate_secret(context(), await principal())))


@webhooks.post("/api/v1/webhooks/test")
async def send_test_webhook() -> Response:
    """
    Deliver one webhook.test event.
    """
    delivery_id = await service.send_test_webhook(context(), await principal())
    return json_response(
        {"id": str(delivery_id), "status": "pending", "message": "Test webhook scheduled"}
    )


@webhooks.post("/api/v1/webhooks/<delivery_id>/retry")
async def retry_webhook(delivery_id: str) -> Response:
    """
    Deliver again, counting attempts from 0.
    """
    retried = await service.retry_delivery(context(), await principal(), delivery_id)
    return json_response(
        {"id": str(retried), "status": "pending", "message": "Webhook retry scheduled"}
    )
