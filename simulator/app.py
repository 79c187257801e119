"""
Entry point of the bank's process: `python -m simulator.app`.
"""

import asyncio
import os
import signal
import sys

import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, Response
from werkzeug.exceptions import HTTPException

from simulator.api.operations import operations
from simulator.book.bank import Bank
from simulator.book.callbacks import CallbackBook
from simulator.book.journal import Journal
from simulator.book.policy import Policy
from simulator.book.statement import StatementBook
from simulator.clock import FollowerClock
from simulator.config import BadSetting, Settings
from simulator.control.routes import control
from simulator.control.sending import CallbackSender
from simulator.control.statements import statements
from simulator.domain.answers import Refusal
from simulator.domain.issuer import Defaults
from simulator.rng import KeyedRng
from simulator.storage import BankFile
from simulator.wire import respond


def policy_of(settings: Settings) -> Policy:
    """
    The bank's defaults.
    """
    return Policy(
        defaults=Defaults(
            test_mode=settings.test_mode,
            test_payment_success=settings.test_payment_success,
            upi_success_rate=settings.upi_success_rate,
            card_success_rate=settings.card_success_rate,
            amount_triggers=settings.amount_triggers,
        ),
        test_delay_ms=settings.test_processing_delay_ms,
        delay_ms=(settings.processing_delay_min_ms, settings.processing_delay_max_ms),
        refund_delay_ms=(settings.refund_delay_min_ms, settings.refund_delay_max_ms),
    )


async def _on_refusal(refusal: Refusal) -> Response:
    return respond({"error": {"code": refusal.code, "message": refusal.message}}, refusal.status)


async def _on_http_exception(error: HTTPException) -> Response:
    code = error.name.lower().replace(" ", "_")
    return respond(
        {"error": {"code": code, "message": error.description or error.name}}, error.code or 500
    )


def create_app(settings: Settings, file: BankFile) -> tuple[Quart, CallbackSender]:
    """
    The Quart app and the task that sends callbacks.
    """
    clock, rng = FollowerClock(), KeyedRng(settings.seed)
    callbacks = CallbackBook(file, clock)
    sender = CallbackSender(callbacks, settings.callback_secret, clock)
    app = Quart("simulator")
    app.config |= {
        "BANK": Bank(file=file, clock=clock, rng=rng, policy=policy_of(settings)),
        "JOURNAL": Journal(file),
        "STATEMENTS": StatementBook(file=file, clock=clock, rng=rng),
        "CLOCK": clock,
        "CALLBACKS": callbacks,
        "SENDER": sender,
        "API_KEY": settings.api_key,
    }
    app.register_blueprint(operations)
    app.register_blueprint(control)
    app.register_blueprint(statements)
    app.register_error_handler(Refusal, _on_refusal)
    app.register_error_handler(HTTPException, _on_http_exception)
    return app, sender


async def run(settings: Settings) -> None:
    """
    Serve until SIGTERM or SIGINT.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    file = BankFile(settings.state_folder)
    app, sender = create_app(settings, file)
    config = Config()
    config.bind = [f"{settings.host}:{settings.port}"]
    config.include_server_header = False
    config.graceful_timeout = 3.0
    config.errorlog = None
    task = loop.create_task(sender.run())
    try:
        await serve(app, config, shutdown_trigger=stop.wait)
    finally:
        task.cancel()
        await sender.close()
        file.close()


def main() -> None:
    """
    Start; a setting that cannot be used is one clear line and exit status 2.
    """
    try:
        settings = Settings.from_env(os.environ)
    except BadSetting as error:
        sys.stderr.write(f"simulator: {error}\n")
        raise SystemExit(2) from error
    uvloop.run(run(settings))


if __name__ == "__main__":
    main()
