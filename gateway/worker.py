"""
Entry point of the worker process: `python -m gateway.worker`.

SAQ carries hints to the runner; the sweeper finds what no hint told of; PostgreSQL's LISTEN wakes the sweeper when the test clock moves.
"""

import asyncio
import os
import signal
import sys
from contextlib import suppress

import asyncpg
import structlog
import uvloop
from saq.worker import Worker

from gateway.config import BadSetting, Settings
from gateway.domain.errors import DomainError
from gateway.jobs.queue import job_settings
from gateway.jobs.runner import Runner
from gateway.jobs.steps import step
from gateway.services.context import Context
from gateway.services.work import beat, stop_working, tidy_up
from gateway.storage.schema import is_at_head
from gateway.telemetry import configure_logs
from gateway.wiring import Parts, build

_log = structlog.get_logger("gateway.worker")
#: Real seconds between looks at the due items.  Source: reliability 5.5.
_SWEEP_TEST_S = 0.5
_SWEEP_S = 2.0
#: Real seconds that steps in flight get after SIGTERM.  Source: reliability L6.
_DRAIN_S = 15.0
_BEAT_S = 3.0
_TIDY_EVERY_BEATS = 100
_SCHEMA_WAIT_S = 60.0
#: SAQ tasks that wait for hints; each hands over at once, so few are enough.
_HINT_TAKERS = 4


async def _wait_for_schema(settings: Settings) -> None:
    """
    The API migrates; wait for it.  Exits with one line when it does not happen.
    """
    deadline = asyncio.get_running_loop().time() + _SCHEMA_WAIT_S
    while True:
        with suppress(OSError, asyncpg.PostgresError):
            if await is_at_head(settings.database_url):
                return
        if asyncio.get_running_loop().time() > deadline:
            sys.stderr.write(
                "gateway worker: the database is not at this release's schema; start the API, which migrates it.\n"
            )
            raise SystemExit(2)
        await asyncio.sleep(0.05)


async def _beat_forever(context: Context) -> None:
    count = 0
    while True:
        with suppress(DomainError):
            await beat(context)
            if count % _TIDY_EVERY_BEATS == 0:
                await tidy_up(context)
        count += 1
        await asyncio.sleep(_BEAT_S)


async def _listen_forever(settings: Settings, runner: Runner) -> None:
    """
    Wake the runner on every notification; reconnect for ever.
    """
    while True:
        lost = asyncio.Event()
        try:
            connection = await asyncpg.connect(settings.database_url, timeout=5)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            await asyncio.sleep(1.0)
            continue
        connection.add_termination_listener(lambda _c, lost=lost: lost.set())
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await connection.add_listener("paywright_work", lambda *_: runner.wake())
            runner.wake()
            await lost.wait()
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            await connection.close(timeout=1)


def _saq_worker(parts: Parts, runner: Runner) -> Worker:  # type: ignore[type-arg]
    worker: Worker = Worker(  # type: ignore[type-arg]
        parts.queue,
        [step],
        concurrency=_HINT_TAKERS,
        timers=job_settings(),  # type: ignore[arg-type]
        dequeue_timeout=1.0,
    )
    worker.context["runner"] = runner
    worker.SIGNALS = []
    return worker


async def run(settings: Settings) -> None:
    """
    Work until SIGTERM or SIGINT; then finish what runs, give back the rest.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await _wait_for_schema(settings)
    parts = build(settings, name="gateway-worker")
    await parts.database.open()
    runner = Runner(parts.context, sweep_s=_SWEEP_TEST_S if settings.test_mode else _SWEEP_S)
    hints = _saq_worker(parts, runner)
    tasks = [
        loop.create_task(runner.sweep_forever()),
        loop.create_task(_beat_forever(parts.context)),
        loop.create_task(_listen_forever(settings, runner)),
        loop.create_task(hints.start()),
    ]
    _log.info("started", worker_id=settings.worker_id)
    stopped = loop.create_task(stop.wait())
    await asyncio.wait([stopped, *tasks[:3]], return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    late = await runner.drain(within_s=_DRAIN_S)
    with suppress(DomainError):
        await stop_working(parts.context)
    await asyncio.gather(*tasks, return_exceptions=True)
    _log.info("stopped", steps_given_back=late)
    await parts.close()


def main() -> None:
    """
    Start; a setting that cannot be used is one clear line and exit status 2.
    """
    configure_logs()
    try:
        settings = Settings.from_env(os.environ, process="worker", pid=os.getpid())
    except BadSetting as error:
        sys.stderr.write(f"gateway worker: {error}\n")
        raise SystemExit(2) from error
    uvloop.run(run(settings))


if __name__ == "__main__":
    main()
