"""
Entry point of the bank's process: `python -m simulator.app`.
"""

import asyncio
import os
import signal
import sys

import uvloop
from hypercorn.config import Config
from quart import Quart, Response
from werkzeug.exceptions import HTTPException

from simulator.api.operations import operations
from simulator.api.pages import pages
from simulator.book.bank import Bank
from simulator.book.challenges import Challenges
from simulator.book.desk import Desk
from simulator.book.disputes import Disputes
from simulator.book.follow_ups import FollowUps
from simulator.book.gates import Gates
from simulator.book.journal import Journal
from simulator.book.policy import Policy
from simulator.book.programs import Programs
from simulator.book.statement import StatementBook
from simulator.clock import FollowerClock
from simulator.config import BadSetting, Settings
from simulator.control.documents import BadDocument
from simulator.control.money import money
from simulator.control.programs import programs
from simulator.control.routes import control
from simulator.control.sending import CallbackSender
from simulator.domain.answers import Refusal
from simulator.domain.issuer import Defaults
from simulator.domain.reading import BadProgram
from simulator.rng import KeyedRng
from simulator.serving import Door
from simulator.storage import BankFile, NewerFile
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


async def _on_bad_program(error: BadProgram) -> Response:
    return await _on_refusal(Refusal(400, "invalid_program", str(error)))


async def _on_bad_document(error: BadDocument) -> Response:
    return await _on_refusal(Refusal(400, "invalid_program", str(error)))


def create_app(settings: Settings, file: BankFile) -> tuple[Quart, CallbackSender]:
    """
    The Quart app and the task that sends callbacks.
    """
    clock, rng = FollowerClock(), KeyedRng(settings.seed)
    desk = Desk.of(file=file, clock=clock, rng=rng, policy=policy_of(settings))
    disputes = Disputes(desk)
    sender = CallbackSender(desk.callbacks, disputes, settings.callback_secret, clock)
    bank = Bank(desk, disputes=disputes, public_url=settings.public_url)
    app = Quart("simulator")
    app.config |= {
        "BANK": bank,
        "FOLLOW_UPS": FollowUps(desk, bank),
        "CHALLENGES": Challenges(desk),
        "PROGRAMS": Programs(file=file, clock=clock, accounts=desk.accounts),
        "GATES": Gates(),
        "RECORDS": desk.records,
        "ACCOUNTS": desk.accounts,
        "DISPUTES": disputes,
        "JOURNAL": Journal(file),
        "STATEMENTS": StatementBook(file=file, records=desk.records, clock=clock),
        "CLOCK": clock,
        "CALLBACKS": desk.callbacks,
        "SENDER": sender,
        "API_KEY": settings.api_key,
    }
    for blueprint in (operations, pages, control, programs, money):
        app.register_blueprint(blueprint)
    app.register_error_handler(Refusal, _on_refusal)
    app.register_error_handler(BadProgram, _on_bad_program)
    app.register_error_handler(BadDocument, _on_bad_document)
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
    config.include_server_header = False
    config.graceful_timeout = 3.0
    config.keep_alive_timeout = 30
    config.errorlog = None
    door = Door(app, config, host=settings.host, port=settings.port)
    app.config["REFUSE"] = door.refuse
    await app.startup()
    await door.open()
    task = loop.create_task(sender.run())
    try:
        await stop.wait()
    finally:
        await door.close()
        task.cancel()
        await sender.close()
        await app.shutdown()
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
    try:
        uvloop.run(run(settings))
    except (OSError, NewerFile) as error:
        sys.stderr.write(f"simulator: {error}\n")
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
