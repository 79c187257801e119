"""
Entry point of the dashboard's process: `python -m dashboard.app`.
"""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from typing import Any, Final

import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, Response, g, request
from werkzeug.exceptions import Forbidden, HTTPException, NotFound

from dashboard.bank import BankConsole
from dashboard.clock import monotonic_s, pause
from dashboard.config import BadSetting, Settings
from dashboard.frame import common, show
from dashboard.gateway import Gateway
from dashboard.live import Live
from dashboard.login_limit import LoginLimit
from dashboard.pages.bank_console import bank_console
from dashboard.pages.bank_programs import bank_programs
from dashboard.pages.clock import clock
from dashboard.pages.conformance import conformance
from dashboard.pages.docs import docs
from dashboard.pages.events import events
from dashboard.pages.exports import exports
from dashboard.pages.home import home
from dashboard.pages.ledger import ledger
from dashboard.pages.live import live
from dashboard.pages.login import login
from dashboard.pages.orders import orders
from dashboard.pages.payments import payments
from dashboard.pages.queues import queues
from dashboard.pages.refunds import refunds
from dashboard.pages.requests import requests
from dashboard.pages.search import search
from dashboard.pages.webhooks import webhooks
from dashboard.rng import token
from sdk.python.errors import GatewayError, GatewayUnavailable, RequestRefused

_BLUEPRINTS: Final = (
    login, home, payments, orders, refunds, events, webhooks, requests, queues, ledger, bank_console, bank_programs, clock, conformance, search, exports, docs, live,
)  # fmt: skip
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
#: What a read-only dashboard still takes.
_HARMLESS: Final = ("/login", "/logout", "/dashboard/theme")
_SESSION: Final = timedelta(hours=12)
_STATIC_S: Final = 3_600
_WATCHED: Final = 20


async def _look(gateway: Gateway) -> object:
    """
    What differs when anything changed: the newest event, the newest deliveries, the clock's mode.
    """
    events, deliveries = await asyncio.gather(
        gateway.list_page("events", limit=1, count="none"),
        gateway.list_page("webhooks", limit=_WATCHED, count="none"),
    )
    return [events["data"], deliveries["data"]]


def create_app(settings: Settings, gateway: Gateway, bank: BankConsole) -> Quart:
    """
    The Quart app over its parties.
    """
    app = Quart("dashboard")
    app.secret_key = settings.session_key
    app.config |= {
        "SETTINGS": settings,
        "GATEWAY": gateway,
        "BANK": bank,
        "LIVE": Live(lambda: _look(gateway), pause),
        "LOGIN_LIMIT": LoginLimit(settings.logins_per_minute, monotonic_s),
        "SESSION_COOKIE_NAME": "paywright_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "PERMANENT_SESSION_LIFETIME": _SESSION,
        "MAX_CONTENT_LENGTH": 65_536,
    }
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.context_processor(common)
    _guard(app, settings)
    _explain(app)

    @app.get("/health")
    async def health() -> Response:
        return Response('{"status":"healthy"}', content_type="application/json")

    return app


def _guard(app: Quart, settings: Settings) -> None:
    @app.before_request
    async def begin() -> None:
        g.started_s = monotonic_s()
        if any(set(str(value)) <= {"."} for value in (request.view_args or {}).values()):
            raise NotFound("There is no such thing.")
        is_write = request.method not in ("GET", "HEAD", "OPTIONS")
        if settings.read_only and is_write and request.path not in _HARMLESS:
            raise Forbidden("This dashboard is read-only (DASHBOARD_READ_ONLY).")

    @app.after_request
    async def secure(response: Response) -> Response:
        response.headers.update(_HEADERS)
        if request.path.startswith("/static/"):
            response.headers["Cache-Control"] = f"public, max-age={_STATIC_S}"
        took_ms = (monotonic_s() - g.get("started_s", monotonic_s())) * 1000
        response.headers["Server-Timing"] = f"app;dur={took_ms:.1f}"
        return response


def _explain(app: Quart) -> None:
    @app.errorhandler(HTTPException)
    async def on_http_exception(error: HTTPException) -> tuple[str, int]:
        code = error.code or 500
        message = error.description or error.name
        return await show("error.html", message=message, code=code, can_go=True), code

    @app.errorhandler(GatewayError)
    async def on_gateway_error(error: GatewayError) -> tuple[str, int]:
        code = error.status if isinstance(error, RequestRefused) else 502
        away = isinstance(error, GatewayUnavailable)
        message = error.description if isinstance(error, RequestRefused) else str(error)
        return await show("error.html", message=message, code=code, away=away, can_go=True), code


async def run(settings: Settings) -> None:
    """
    Serve until SIGTERM or SIGINT.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    config = Config()
    config.bind = [f"{settings.host}:{settings.port}"]
    config.include_server_header = False
    config.graceful_timeout = 1.0
    config.errorlog = None
    bank = BankConsole(settings.bank_url)
    async with Gateway(
        settings.api_url, api_key=settings.api_key, api_secret=settings.api_secret
    ) as gateway:
        app = create_app(settings, gateway, bank)
        try:
            await serve(app, config, shutdown_trigger=stop.wait)
        finally:
            live_hub: Any = app.config["LIVE"]
            await live_hub.close()
            await bank.close()


def main() -> None:
    """
    Start; a setting that cannot be used is one clear line and exit status 2.
    """
    try:
        settings = Settings.from_env(os.environ, fresh_key=token())
    except BadSetting as error:
        sys.stderr.write(f"dashboard: {error}\n")
        raise SystemExit(2) from error
    uvloop.run(run(settings))


if __name__ == "__main__":
    main()
