"""
Entry point of the API process: `python -m gateway.app`.
"""

import asyncio
import os
import signal
import sys
from typing import Any

import structlog
import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart

from gateway.api import frame, problems, request_log
from gateway.api.callbacks import callbacks
from gateway.api.deliveries import deliveries
from gateway.api.health import health
from gateway.api.jobs import jobs
from gateway.api.ledger import ledger
from gateway.api.lists import lists
from gateway.api.openapi import openapi
from gateway.api.orders import orders
from gateway.api.payments import payments
from gateway.api.reading import WholeRequests
from gateway.api.refunds import refunds
from gateway.api.state import ApiState
from gateway.api.statistics import statistics
from gateway.api.test_mode import test_mode
from gateway.api.timeline import timeline
from gateway.api.webhooks import webhooks
from gateway.bank.followers import HttpFollowers
from gateway.config import BadSetting, Settings
from gateway.domain.errors import DomainError
from gateway.domain.origins import origin_of
from gateway.services.clock_control import ClockControl
from gateway.services.merchants import seed_other_merchant, seed_test_merchant
from gateway.services.request_log import RequestLog
from gateway.storage.lists import close_read_side, open_read_side
from gateway.storage.schema import migrate
from gateway.telemetry import configure_logs
from gateway.wiring import Parts, build

_log = structlog.get_logger("gateway.app")
#: Real seconds that requests in flight get after SIGTERM.  Source: reliability 5.11.
_DRAIN_S = 10.0
_AUTO_POLL_S = 0.02


def create_app(settings: Settings, parts: Parts, control: ClockControl, log: RequestLog) -> Quart:
    """
    The Quart app over built parts.
    """
    app = Quart("gateway")
    app.url_map.strict_slashes = False
    app.config["GATEWAY_STATE"] = ApiState(
        context=parts.context,
        clock_control=control,
        test_mode=settings.test_mode,
        checkout_origin=origin_of(settings.checkout_url) or settings.checkout_url,
        bank_callback_secret=settings.bank_callback_secret,
        rate_limit_rps=settings.rate_limit_rps,
    )
    problems.install(app)
    frame.install(app, frame.RateLimiter(settings.rate_limit_rps))
    request_log.install(app, log)
    core = (health, openapi, orders, payments, refunds, webhooks, lists, callbacks)
    views = (deliveries, jobs, ledger, request_log.request_log, statistics, timeline)
    for blueprint in (*core, *views):
        app.register_blueprint(blueprint)
    if settings.test_mode:
        app.register_blueprint(test_mode)
    app.asgi_app = WholeRequests(app.asgi_app)  # type: ignore[method-assign]
    return app


async def _follow_due_instants(control: ClockControl) -> None:
    """
    Drive a clock in auto mode.
    """
    while True:
        try:
            busy = await control.jump()
        except DomainError as error:
            _log.warning("auto_clock_waits", reason=error.description)
            busy = False
        await asyncio.sleep(0 if busy else _AUTO_POLL_S)


async def _write_requests(requests: RequestLog) -> None:
    """
    Keep the request log; a row that cannot be written must not end it.
    """
    while True:
        try:
            await requests.follow()
        except Exception:  # noqa: BLE001  payments are worth more than their log
            _log.exception("request_log_failed")


async def run(settings: Settings) -> None:
    """
    Migrate, seed, serve until SIGTERM or SIGINT, drain.
    """
    parts = build(settings, name="gateway-api")
    followers = HttpFollowers(settings.test_clock_followers)
    control = ClockControl(parts.context, followers)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    applied = await migrate(settings.database_url)
    await parts.database.open()
    await open_read_side(settings.database_url, connections_max=4)
    if settings.test_mode:
        await seed_test_merchant(
            parts.context,
            email=settings.test_merchant_email,
            api_key=settings.test_api_key,
            api_secret=settings.test_api_secret,
        )
        await seed_other_merchant(parts.context)
    _log.info("started", port=settings.port, test_mode=settings.test_mode, migrations=applied)
    requests = RequestLog(parts.context)
    background = [loop.create_task(_write_requests(requests))]
    if settings.test_mode:
        background.append(loop.create_task(_follow_due_instants(control)))
    try:
        await serve(
            create_app(settings, parts, control, requests),
            _hypercorn(settings),
            shutdown_trigger=stop.wait,
        )
    finally:
        for task in background:
            task.cancel()
        await requests.flush()
        await close_read_side()
        await followers.close()
        await parts.close()


def _hypercorn(settings: Settings) -> Config:
    config = Config()
    config.bind = [f"{settings.host}:{settings.port}"]
    config.graceful_timeout = _DRAIN_S
    config.h11_max_incomplete_size = 8_192
    config.keep_alive_timeout = 30
    config.include_server_header = False
    config.accesslog = None
    config.errorlog = None
    return config


def main() -> None:
    """
    Start; a setting that cannot be used is one clear line and exit status 2.
    """
    configure_logs()
    try:
        settings = Settings.from_env(os.environ, process="api", pid=os.getpid())
    except BadSetting as error:
        sys.stderr.write(f"gateway: {error}\n")
        raise SystemExit(2) from error
    runner: Any = uvloop.run
    runner(run(settings))


if __name__ == "__main__":
    main()
