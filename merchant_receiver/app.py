"""
Entry point of the receiver's process: `python -m merchant_receiver.app`.
"""

import asyncio
import hashlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, Response, request
from werkzeug.exceptions import HTTPException

from merchant_receiver.behaviour import BadRule, Behaviour, Plan, Rule
from merchant_receiver.clock import FollowerClock
from merchant_receiver.config import BadSetting, Settings
from merchant_receiver.inbox import Delivery, Inbox
from merchant_receiver.page import create_page
from sdk.python.webhooks import Check, Status, check_legacy, check_standard, is_signing_secret

_WAIT_S_MAX = 30.0
_LIMIT_MAX = 5_000
_HANG_S = 3_600.0
_UNAUTHORISED = 401


def respond(document: object, status: int = 200) -> Response:
    """
    A document as compact JSON.
    """
    body = json.dumps(document, separators=(",", ":"))
    return Response(body, status, content_type="application/json")


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Receiver:
    """
    The merchant's server: its inbox, secrets, clock and manners.
    """

    def __init__(self, settings: Settings, inbox: Inbox, clock: FollowerClock) -> None:
        self.inbox = inbox
        self.clock = clock
        self.behaviour = Behaviour()
        self.webhook_secrets = settings.webhook_secrets
        self.signing_secrets = settings.signing_secrets
        self._arrival = asyncio.Condition()

    async def take(self, inbox: str, body: bytes, headers: list[tuple[str, str]]) -> Response:
        """
        Verify the bytes, process once, keep, answer.
        """
        arrived_s, now = self.clock.monotonic_s(), self.clock.now()
        by_name = {name.lower(): value for name, value in headers}
        legacy = check_legacy(body, by_name, self.webhook_secrets)
        standard = check_standard(body, by_name, self.signing_secrets, now_s=now.timestamp())
        verified = _is_verified(legacy, standard)
        event, webhook_id = _event_of(body), by_name.get("webhook-id")
        key = webhook_id or hashlib.sha256(body).hexdigest()
        duplicate = self.inbox.was_processed(inbox, key)
        plan = self.behaviour.plan(inbox, event)
        status = plan.status if plan is not None else 200 if verified else _UNAUTHORISED
        self.inbox.add(
            Delivery(
                inbox=inbox,
                received_at=_instant(now),
                arrived_monotonic_s=arrived_s,
                method=request.method,
                path=request.path,
                headers=headers,
                body=body,
                event=event,
                webhook_id=webhook_id,
                dedupe_key=key,
                verified=verified,
                duplicate=duplicate,
                processed=verified and 200 <= status < 300,  # noqa: PLR2004  2xx
                answer_status=status,
                legacy=(legacy.status.value, legacy.reason),
                standard=(standard.status.value, standard.reason),
            )
        )
        async with self._arrival:
            self._arrival.notify_all()
        return await _answer(plan, status)

    async def received(self, wait_s: float, **filters: Any) -> list[dict[str, Any]]:
        """
        What matches the filters; waits up to `wait_s` real seconds for the first.
        """
        deadline = self.clock.monotonic_s() + wait_s
        async with self._arrival:
            while True:
                found = self.inbox.list(**filters)
                left_s = deadline - self.clock.monotonic_s()
                if found or left_s <= 0:
                    return found
                try:
                    async with asyncio.timeout(left_s):
                        await self._arrival.wait()
                except TimeoutError:
                    return self.inbox.list(**filters)


def _is_verified(legacy: Check, standard: Check) -> bool:
    """
    Every family that is present is valid, and one is present.
    """
    present = [c for c in (legacy, standard) if c.status is not Status.MISSING]
    return bool(present) and all(check.status is Status.VALID for check in present)


def _event_of(body: bytes) -> str | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    event = document.get("event", document.get("type")) if isinstance(document, dict) else None
    return event if isinstance(event, str) else None


async def _answer(plan: Plan | None, status: int) -> Response:
    if plan is None:
        return respond(
            {"received": True} if status != _UNAUTHORISED else {"error": "signature"}, status
        )
    rule = plan.rule
    if rule.delay_ms:
        await asyncio.sleep(rule.delay_ms / 1000)
    if rule.hang:
        await asyncio.sleep(_HANG_S)
    if rule.close:
        return Response(_broken_body(), 200, headers={"Content-Length": "100"})
    headers = dict(rule.headers)
    if rule.redirect is not None:
        headers["Location"] = rule.redirect
        status = status if 300 <= status < 400 else 302  # noqa: PLR2004  3xx
    return Response(b"x" * rule.body_bytes or b"{}", status, headers=headers)


async def _broken_body() -> AsyncIterator[bytes]:
    """
    Less than the announced length, then the connection ends.
    """
    yield b"half"


def _number(name: str, default: float, most: float) -> float:
    raw = request.args.get(name, "")
    try:
        value = float(raw) if raw else default
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        raise BadRule(f"{name} must be a number from 0 to {most:g}, found {raw!r}")
    return value


async def _json() -> dict[str, Any]:
    document = await request.get_json(force=True, silent=True)
    if not isinstance(document, dict):
        raise BadRule("the body must be a JSON object")
    return document


def create_app(receiver: Receiver) -> Quart:
    """
    The Quart app around a receiver.
    """
    app = Quart("merchant_receiver", static_folder="static", static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = 2 * 1024 * 1024

    @app.route("/webhook", methods=["POST", "PUT", "GET"], defaults={"inbox": "default"})
    @app.route("/webhook/<path:inbox>", methods=["POST", "PUT", "GET"])
    async def take(inbox: str) -> Response:
        body = await request.get_data(as_text=False)
        raw = body if isinstance(body, bytes) else body.encode()
        return await receiver.take(inbox, raw, list(request.headers.items()))

    @app.get("/received")
    async def received() -> Response:
        found = await receiver.received(
            _number("wait", 0, _WAIT_S_MAX),
            inbox=request.args.get("inbox"),
            after=int(_number("after", 0, 2**53)),
            event=request.args.get("event"),
            webhook_id=request.args.get("webhook_id"),
            limit=int(_number("limit", 1000, _LIMIT_MAX)),
        )
        return respond({"received": found, "last_seq": receiver.inbox.last_seq()})

    @app.delete("/received")
    async def clear() -> Response:
        return respond({"forgotten": receiver.inbox.clear(request.args.get("inbox"))})

    app.register_blueprint(create_page(receiver.inbox, receiver.received))
    _install_control(app, receiver)
    return app


def _install_control(app: Quart, receiver: Receiver) -> None:  # noqa: C901  a list of routes
    @app.put("/behaviour")
    async def set_behaviour() -> Response:
        document = await _json()
        rules = document.get("rules")
        if not isinstance(rules, list):
            raise BadRule("rules must be a list")
        receiver.behaviour.set(document.get("inbox"), [Rule.parse(rule) for rule in rules])
        return respond(receiver.behaviour.show())

    @app.delete("/behaviour")
    async def clear_behaviour() -> Response:
        receiver.behaviour.clear()
        return respond({})

    @app.put("/secrets")
    async def set_secrets() -> Response:
        document = await _json()
        for name in ("webhook_secrets", "signing_secrets"):
            value = document.get(name)
            if value is not None:
                if not isinstance(value, list) or not all(isinstance(s, str) and s for s in value):
                    raise BadRule(f"{name} must be a list of secrets")
                if name == "signing_secrets" and not all(map(is_signing_secret, value)):
                    raise BadRule("a signing secret is whsec_ followed by base64")
                setattr(receiver, name, tuple(value))
        return respond(
            {
                "webhook_secrets": len(receiver.webhook_secrets),
                "signing_secrets": len(receiver.signing_secrets),
            }
        )

    @app.route("/clock", methods=["GET", "PUT"])
    async def clock() -> Response:
        if request.method == "PUT":
            document = await _json()
            try:
                at = (
                    None
                    if document.get("mode") == "real"
                    else datetime.fromisoformat(str(document.get("now")))
                )
            except ValueError as error:
                raise BadRule(
                    'expected {"mode": "real"} or {"mode": "frozen", "now": <instant>}'
                ) from error
            receiver.clock.follow(at)
        now = _instant(receiver.clock.now())
        return respond({"mode": receiver.clock.mode, "now": now, "next_due_at": None, "idle": True})

    @app.get("/health")
    async def health() -> Response:
        return respond({"status": "healthy"})

    @app.errorhandler(BadRule)
    async def on_bad_rule(error: BadRule) -> Response:
        return respond({"error": str(error)}, 400)

    @app.errorhandler(HTTPException)
    async def on_http_exception(error: HTTPException) -> Response:
        return respond({"error": error.name}, error.code or 500)


async def run(settings: Settings) -> None:
    """
    Serve until SIGTERM or SIGINT.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    inbox = Inbox(settings.state_folder)
    config = Config()
    config.bind = [f"{settings.host}:{settings.port}"]
    config.include_server_header = False
    config.graceful_timeout = 2.0
    config.errorlog = None
    try:
        app = create_app(Receiver(settings, inbox, FollowerClock()))
        await serve(app, config, shutdown_trigger=stop.wait)
    finally:
        inbox.close()


def main() -> None:
    """
    Start; a setting that cannot be used is one clear line and exit status 2.
    """
    try:
        settings = Settings.from_env(os.environ)
    except BadSetting as error:
        sys.stderr.write(f"merchant_receiver: {error}\n")
        raise SystemExit(2) from error
    uvloop.run(run(settings))


if __name__ == "__main__":
    main()
