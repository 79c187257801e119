"""
Entry point of the dashboard's process: `python -m dashboard.app`.
"""

import asyncio
import os
import signal
import sys

import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, Response, render_template
from werkzeug.exceptions import HTTPException

from dashboard.config import BadSetting, Settings
from dashboard.pages import pages
from dashboard.rng import token
from sdk.python.client import Client

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def create_app(settings: Settings, client: Client) -> Quart:
    """
    The Quart app over a client.
    """
    app = Quart("dashboard")
    app.secret_key = settings.session_key
    app.config |= {
        "SETTINGS": settings,
        "CLIENT": client,
        "SESSION_COOKIE_NAME": "paywright_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": 65_536,
    }
    app.register_blueprint(pages)

    @app.get("/health")
    async def health() -> Response:
        return Response('{"status":"healthy"}', content_type="application/json")

    @app.after_request
    async def secure(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    @app.errorhandler(HTTPException)
    async def on_http_exception(error: HTTPException) -> tuple[str, int]:
        page = await render_template("error.html", message=error.description or error.name)
        return page, error.code or 500

    return app


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
    config.graceful_timeout = 2.0
    config.errorlog = None
    async with Client(
        settings.api_url, api_key=settings.api_key, api_secret=settings.api_secret
    ) as client:
        await serve(create_app(settings, client), config, shutdown_trigger=stop.wait)


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
