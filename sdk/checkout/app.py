"""
Entry point of the checkout's process: `python -m sdk.checkout.app`.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Final

import httpx
import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from quart import Quart, Response, redirect
from quart.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from sdk.checkout.assets import Assets, load_assets
from sdk.checkout.config import BadSetting, Settings
from sdk.checkout.demo import Demo, demo
from sdk.checkout.hosted import HostedPage, hosted
from sdk.checkout.policies import CLOSED_CSP, COMMON
from sdk.checkout.scripts import scripts

FOLDER: Final = Path(__file__).parent
_BODY_BYTES_MAX: Final = 16 * 1024


def respond(document: object, status: int = 200) -> Response:
    """
    A document as compact JSON.
    """
    body = json.dumps(document, separators=(",", ":"))
    return Response(body, status, content_type="application/json")


def create_app(
    settings: Settings, http: httpx.AsyncClient, assets: Assets, *, folder: Path = FOLDER
) -> Quart:
    """
    The Quart app.  `http` reaches the gateway and the receiver; `assets` is what browsers load; `folder` has the templates.
    """
    app = Quart("sdk.checkout", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _BODY_BYTES_MAX
    templates = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined
    )
    app.register_blueprint(scripts(assets))
    app.register_blueprint(hosted(HostedPage(settings, assets, templates), http, settings))
    if settings.demo:
        app.register_blueprint(demo(Demo(settings, http), settings, assets, templates))
    _install_frame(app, assets, has_demo=settings.demo)
    return app


def _install_frame(app: Quart, assets: Assets, *, has_demo: bool) -> None:
    @app.get("/")
    async def home() -> ResponseReturnValue:
        return redirect("/demo") if has_demo else respond({"status": "healthy"})

    @app.get("/health")
    async def health() -> Response:
        return respond({"status": "healthy"})

    @app.get("/sri.json")
    async def sri() -> Response:
        response = respond(assets.sri())
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    @app.get("/scripts.json")
    async def inventory() -> Response:
        return respond(assets.inventory())

    @app.after_request
    async def finish(response: Response) -> Response:
        response.headers.update(COMMON)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Content-Security-Policy", CLOSED_CSP)
        return response

    @app.errorhandler(HTTPException)
    async def on_http_exception(error: HTTPException) -> Response:
        code = error.name.upper().replace(" ", "_") + "_ERROR"
        description = error.description or error.name
        return respond({"error": {"code": code, "description": description}}, error.code or 500)


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
    async with httpx.AsyncClient(trust_env=False) as http:
        app = create_app(settings, http, load_assets(FOLDER))
        await serve(app, config, shutdown_trigger=stop.wait)


def main() -> None:
    """
    Start; a setting that cannot be used is one clear line and exit status 2.
    """
    try:
        settings = Settings.from_env(os.environ)
    except BadSetting as error:
        sys.stderr.write(f"checkout: {error}\n")
        raise SystemExit(2) from error
    uvloop.run(run(settings))


if __name__ == "__main__":
    main()
