"""
Entry point of the receiver's process: `python -m merchant_receiver.app`.
"""

import asyncio
import math
import os
import signal
import sys

import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, Response, request
from werkzeug.exceptions import HTTPException

from merchant_receiver.answering import respond
from merchant_receiver.behaviour import BadRule
from merchant_receiver.clock import FollowerClock
from merchant_receiver.config import BadSetting, Settings
from merchant_receiver.connection import Connections
from merchant_receiver.control import create_control
from merchant_receiver.inbox import Inbox
from merchant_receiver.page import create_page
from merchant_receiver.receiving import Receiver, wire_headers

_WAIT_S_MAX = 30.0
_LIMIT_MAX = 5_000
_SIZE_BYTES_MAX = 2 * 1024 * 1024


def _number(name: str, default: float, most: float) -> float:
    raw = request.args.get(name, "")
    try:
        value = float(raw) if raw else default
    except ValueError:
        value = -1.0
    if not math.isfinite(value) or not 0 <= value <= most:
        raise BadRule(f"{name} must be a number from 0 to {most:g}, found {raw!r}")
    return value


def create_app(receiver: Receiver) -> Quart:
    """
    The Quart app around a receiver.
    """
    app = Quart("merchant_receiver", static_folder="static", static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = _SIZE_BYTES_MAX

    @app.route("/webhook", methods=["POST", "PUT", "GET"], defaults={"inbox": "default"})
    @app.route("/webhook/<path:inbox>", methods=["POST", "PUT", "GET"])
    async def take(inbox: str) -> Response:
        body = await request.get_data(as_text=False)
        raw = body if isinstance(body, bytes) else body.encode()
        return await receiver.take(inbox, raw, wire_headers())

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

    @app.get("/received/<delivery_id>")
    async def received_one(delivery_id: str) -> Response:
        found = receiver.inbox.find(delivery_id)
        return respond({"error": "Not Found"}, 404) if found is None else respond(found)

    @app.delete("/received")
    async def clear() -> Response:
        return respond({"forgotten": receiver.inbox.clear(request.args.get("inbox"))})

    @app.get("/health")
    async def health() -> Response:
        return respond({"status": "healthy"})

    app.register_blueprint(create_page(receiver.inbox, receiver.received))
    app.register_blueprint(create_control(receiver))
    app.register_error_handler(BadRule, _on_bad_rule)
    app.register_error_handler(HTTPException, _on_http_exception)
    app.asgi_app = Connections(app.asgi_app)  # type: ignore[method-assign]
    return app


async def _on_bad_rule(error: BadRule) -> Response:
    return respond({"error": str(error)}, 400)


async def _on_http_exception(error: HTTPException) -> Response:
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
    config.h11_pass_raw_headers = True
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
