"""
The sandbox's own process control, for the suite: the same moves that an operator gives as commands for another gateway.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

from paywright.sandbox import Sandbox

_PARTIES: Final[tuple[str, ...]] = ("worker", "api")


class SandboxProcesses:
    """
    Stops, kills and starts the gateway's processes of a running sandbox.  Made in the sandbox's event loop, safe to use from another thread's.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        children = sandbox.supervisor.children
        self._loop = asyncio.get_running_loop()
        self._usual = {name: dict(children[name].environ) for name in _PARTIES if name in children}

    def can(self, action: str, party: str) -> bool:
        """
        Everything, with every process that runs.
        """
        return action in ("stop", "kill", "start") and party in self._usual

    async def stop(self, party: str) -> None:
        """
        SIGTERM, and wait until it is down.
        """
        await asyncio.to_thread(self._sandbox.supervisor.stop_one, party)

    async def kill(self, party: str) -> None:
        """
        SIGKILL, and wait until it is down.
        """
        await asyncio.to_thread(self._sandbox.kill, party)

    async def start(self, party: str, environ: Mapping[str, str]) -> None:
        """
        Start with its usual environment and these variables.
        """
        child = self._sandbox.supervisor.children[party]
        child.environ = {**self._usual[party], **environ}

        async def start() -> None:
            child.start()

        # In the sandbox's own thread: Linux ends a process that is to die with its parent when the thread ends that started it.
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(start(), self._loop))
