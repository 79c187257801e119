"""
Runs several checks at once in one browser, so that one waits while another works.

A check has a set of parties of its own: what it programmes into its gateway concerns nobody else.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final, Generic, TypeVar

import pytest
from playwright.async_api import Browser

from tests.browser.checkout.every_check import CHECKS
from tests.browser.checkout.stage import USUAL, open_servers, open_stage

Result = TypeVar("Result")
#: How many checks run at once.  More gain nothing on two cores.
TOGETHER: Final = 4


def has_neighbours() -> bool:
    """
    Whether pytest-xdist runs: then nobody knows what this process is asked for next.
    """
    return "PYTEST_XDIST_WORKER" in os.environ


class Ahead(Generic[Result]):
    """
    Begins work before it is asked for, a few at a time.
    """

    def __init__(self, work: Callable[[str], Awaitable[Result]], together: int) -> None:
        self._work = work
        self._places = asyncio.Semaphore(1 if has_neighbours() else together)
        self._tasks: dict[str, asyncio.Task[Result]] = {}

    async def _in_turn(self, name: str) -> Result:
        async with self._places:
            return await self._work(name)

    def _start(self, name: str) -> asyncio.Task[Result]:
        if name not in self._tasks:
            self._tasks[name] = asyncio.create_task(self._in_turn(name))
        return self._tasks[name]

    async def result(self, name: str, request: pytest.FixtureRequest) -> Result:
        """
        What the work gave or raised.  Begins with what the session asks for next: parametrised tests of the same file with a `name`.
        """
        if not has_neighbours():
            items = request.session.items
            for item in items[items.index(request.node) :]:
                if item.path == request.node.path and hasattr(item, "callspec"):
                    self._start(item.callspec.params["name"])
        return await self._start(name)

    async def stop(self) -> None:
        """
        Cancel what nobody asked for.
        """
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


@asynccontextmanager
async def open_runner(
    browser: Browser, patience_ms: float, script: str
) -> AsyncIterator[Ahead[None]]:
    """
    Runs checks of the healthy checkout by name; `script` is the file that merchants get, `patience_ms` bounds every wait.
    """
    async with AsyncExitStack() as stack:
        idle = []
        for _ in range(TOGETHER):
            servers = await stack.enter_async_context(open_servers(Path(), script=script))
            context = await browser.new_context(**USUAL)
            context.set_default_timeout(patience_ms)
            stack.push_async_callback(context.close)
            idle.append((servers, context))

        async def run(name: str) -> None:
            servers, context = idle.pop()
            try:
                async with open_stage(servers, browser, patience_ms, context) as stage:
                    await CHECKS[name](stage)
            finally:
                idle.append((servers, context))

        ahead = Ahead(run, TOGETHER)
        stack.push_async_callback(ahead.stop)
        yield ahead
