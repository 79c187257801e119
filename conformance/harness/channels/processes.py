"""
Process control: stops, kills and starts the target's worker and API, by commands that the operator gives or by the sandbox itself.
"""

import asyncio
import os
import signal
import subprocess
from collections.abc import Mapping
from typing import Final, Protocol

from conformance.harness.outcomes import Blocked, Untested

#: Seconds that one command may take; `docker compose` needs some.
_COMMAND_S: Final = 60.0


class Processes(Protocol):
    """
    What can be done to the target's processes; `party` is `worker` or `api`.
    """

    def can(self, action: str, party: str) -> bool:
        """
        Whether `kill`, `stop` or `start` of this party is possible.
        """
        ...

    async def stop(self, party: str) -> None:
        """
        Stop in an orderly way; returns when it is down.
        """
        ...

    async def kill(self, party: str) -> None:
        """
        SIGKILL; returns when it is down.
        """
        ...

    async def start(self, party: str, environ: Mapping[str, str]) -> None:
        """
        Start with these variables besides its own; returns when it was started, which need not mean that it is ready.
        """
        ...


class Commands:
    """
    Process control by shell commands, by name such as `kill-worker`.  A missing `stop` is done by `kill`.
    """

    def __init__(self, commands: Mapping[str, str]) -> None:
        self._commands = dict(commands)

    def can(self, action: str, party: str) -> bool:
        """
        Whether there is a command for it.
        """
        return self._named(action, party) is not None

    async def stop(self, party: str) -> None:
        """
        Run the command that stops, else the one that kills.
        """
        await self._run("stop", party, {})

    async def kill(self, party: str) -> None:
        """
        Run the command that kills.
        """
        await self._run("kill", party, {})

    async def start(self, party: str, environ: Mapping[str, str]) -> None:
        """
        Run the command that starts, with these variables set for it.
        """
        await self._run("start", party, environ)

    def _named(self, action: str, party: str) -> str | None:
        command = self._commands.get(f"{action}-{party}")
        if command is None and action == "stop":
            return self._commands.get(f"kill-{party}")
        return command

    async def _run(self, action: str, party: str, environ: Mapping[str, str]) -> None:
        command = self._named(action, party)
        if command is None:
            raise Untested(f"no command to {action} the {party} was given (--{action}-{party})")
        process = await asyncio.create_subprocess_shell(
            command,
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(_COMMAND_S):
                status = await process.wait()
        except TimeoutError:
            process.send_signal(signal.SIGKILL)
            raise Blocked(
                f"the command to {action} the {party} did not end within {_COMMAND_S:g} s"
            ) from None
        if status != 0:
            raise Blocked(f"the command to {action} the {party} ended with status {status}")
