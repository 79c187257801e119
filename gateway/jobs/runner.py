"""
Runs steps of work items with bounded concurrency, each item once at a time in this process, and wakes up when the next one is due.
"""

import asyncio
from typing import Final

import structlog

from gateway.domain.errors import DomainError
from gateway.domain.work import WorkRef
from gateway.services.context import Context
from gateway.services.work import find_due, step

#: Steps at the same time in one worker.  Deliveries mostly wait for merchants, so this is far above the number of cores.
CONCURRENCY: Final = 64
#: A next step that is nearer than this is remembered in memory as well; the sweeper finds it in any case.
NEAR_S: Final = 30.0
_log = structlog.get_logger("gateway.runner")


class Runner:
    """
    Takes hints and due items, and runs their steps.
    """

    def __init__(self, context: Context, *, sweep_s: float) -> None:
        self._context = context
        self._sweep_s = sweep_s
        self._running: dict[WorkRef, asyncio.Task[None]] = {}
        self._again: set[WorkRef] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._slots = asyncio.Semaphore(CONCURRENCY)
        self._wake = asyncio.Event()
        self._stopping = False
        self.step_errors = 0

    def submit(self, ref: WorkRef) -> None:
        """
        Run a step of this item soon; a hint that comes while one runs gets another step after it.
        """
        if self._stopping:
            return
        if ref in self._running:
            self._again.add(ref)
            return
        task = asyncio.get_running_loop().create_task(self._run(ref))
        task.add_done_callback(self._report)
        self._running[ref] = task

    def _report(self, task: asyncio.Task[None]) -> None:
        """
        A step that broke is a bug of ours: say so; the item's lease runs out, and after a few tries it is parked.
        """
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.step_errors += 1
            _log.error("step_broke", exc_info=error)

    def wake(self) -> None:
        """
        Look at once for what is due.
        """
        self._wake.set()

    async def _run(self, ref: WorkRef) -> None:
        try:
            async with self._slots:
                delay_s = await step(self._context, ref)
        except DomainError as error:
            self.step_errors += 1
            _log.warning(
                "step_postponed", kind=ref.kind, entity_id=ref.entity_id, reason=error.code
            )
            delay_s = None
        finally:
            self._running.pop(ref, None)
        if ref in self._again:
            self._again.discard(ref)
            self.submit(ref)
        elif delay_s is not None and delay_s < NEAR_S:
            self._later(ref, delay_s)

    def _later(self, ref: WorkRef, delay_s: float) -> None:
        if self._stopping:
            return

        def fire() -> None:
            self._timers.discard(handle)
            self.submit(ref)

        # A hair late rather than early: the due instant is compared in the database.
        handle = asyncio.get_running_loop().call_later(max(0.0, delay_s) + 0.002, fire)
        self._timers.add(handle)

    async def sweep_forever(self) -> None:
        """
        Find due items that no hint told of, every `sweep_s` real seconds and whenever woken.
        """
        while not self._stopping:
            self._wake.clear()
            try:
                for ref in await find_due(self._context):
                    self.submit(ref)
            except DomainError:
                self.step_errors += 1
            try:
                async with asyncio.timeout(self._sweep_s):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def drain(self, *, within_s: float) -> int:
        """
        Take nothing new and wait for what runs; the number of steps that did not end in time (their leases are given back by the caller).
        """
        self._stopping = True
        self._wake.set()
        for handle in self._timers:
            handle.cancel()
        tasks = list(self._running.values())
        if not tasks:
            return 0
        _, late = await asyncio.wait(tasks, timeout=within_s)
        for task in late:
            task.cancel()
        return len(late)
