"""
The routes that steer the receiver: how it answers, which secrets it knows, what time it is.
"""

from datetime import datetime
from typing import Any

from quart import Blueprint, Response, request

from merchant_receiver.answering import respond
from merchant_receiver.behaviour import BadRule, Rule
from merchant_receiver.receiving import Receiver, format_instant
from sdk.python.webhooks import is_signing_secret


async def _json() -> dict[str, Any]:
    document = await request.get_json(force=True, silent=True)
    if not isinstance(document, dict):
        raise BadRule("the body must be a JSON object")
    return document


def _secrets(document: dict[str, Any], name: str) -> tuple[str, ...] | None:
    """
    The secrets that the document gives under this name, None when it leaves them alone.  Raises `BadRule`.
    """
    value = document.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise BadRule(f"{name} must be a list of secrets, the new one first")
    if name == "signing_secrets" and not all(map(is_signing_secret, value)):
        raise BadRule("a signing secret is whsec_ followed by base64")
    return tuple(value)


def _clock_document(receiver: Receiver) -> Response:
    now = format_instant(receiver.clock.now())
    return respond({"mode": receiver.clock.mode, "now": now, "next_due_at": None, "idle": True})


def _secrets_document(receiver: Receiver) -> Response:
    """
    How many secrets of each kind; never the secrets.
    """
    return respond(
        {
            "webhook_secrets": len(receiver.webhook_secrets),
            "signing_secrets": len(receiver.signing_secrets),
        }
    )


def create_control(receiver: Receiver) -> Blueprint:  # noqa: C901  a list of routes
    """
    The routes over a receiver.
    """
    control = Blueprint("control", __name__)

    @control.get("/behaviour")
    async def show_behaviour() -> Response:
        return respond({"rules": receiver.behaviour.show()})

    @control.put("/behaviour")
    async def set_behaviour() -> Response:
        document = await _json()
        rules, inbox = document.get("rules"), document.get("inbox")
        if not isinstance(rules, list):
            raise BadRule("rules must be a list")
        if inbox is not None and not isinstance(inbox, str):
            raise BadRule("inbox must be an inbox's name, or null for all")
        receiver.behaviour.set(inbox, [Rule.parse(rule) for rule in rules])
        return respond(receiver.behaviour.counts())

    @control.delete("/behaviour")
    async def clear_behaviour() -> Response:
        receiver.behaviour.clear()
        return respond({})

    @control.get("/secrets")
    async def show_secrets() -> Response:
        return _secrets_document(receiver)

    @control.put("/secrets")
    async def set_secrets() -> Response:
        document = await _json()
        webhook_secrets = _secrets(document, "webhook_secrets")
        signing_secrets = _secrets(document, "signing_secrets")
        if webhook_secrets is not None:
            receiver.webhook_secrets = webhook_secrets
        if signing_secrets is not None:
            receiver.signing_secrets = signing_secrets
        return _secrets_document(receiver)

    @control.get("/clock")
    async def show_clock() -> Response:
        return _clock_document(receiver)

    @control.put("/clock")
    async def set_clock() -> Response:
        document = await _json()
        is_real = document.get("mode") == "real"
        expected = 'expected {"mode": "real"} or {"mode": "frozen", "now": <instant>}'
        try:
            at = None if is_real else datetime.fromisoformat(str(document.get("now")))
        except ValueError as error:
            raise BadRule(expected) from error
        if at is not None and at.tzinfo is None:
            raise BadRule(f"{expected}; the instant needs a time zone")
        receiver.clock.follow(at)
        return _clock_document(receiver)

    return control
