"""
The process that grades wrong gateways.
"""

import asyncio
import json
import sys
from pathlib import Path

#: Real seconds for a few cases, whatever else the machine does.
GRADED_WITHIN_S = 120


class Grader:
    """
    One process that grades again and again; a new one after it had to be stopped.
    """

    def __init__(self, receiver: str, profile: str) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._receiver = receiver
        self._profile = profile

    async def grade(
        self, target: str, only: str, seed: str, *, sql: str | None = None
    ) -> dict[str, tuple[str, str]]:
        """
        Verdict and reason by requirement; `sql` is the database's address where that is looked at, too.
        """
        process = self._process or await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        wanted = {"target": target, "receiver": self._receiver, "profile": self._profile}
        line = json.dumps({**wanted, "only": only, "seed": seed, "sql": sql}).encode() + b"\n"
        process.stdin.write(line)
        try:
            found = json.loads(await asyncio.wait_for(process.stdout.readline(), GRADED_WITHIN_S))
        except TimeoutError:
            await self.stop()
            raise
        return {name: (told[0], told[1]) for name, told in found.items()}

    async def _start(self) -> asyncio.subprocess.Process:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(Path(__file__).with_name("grader.py")),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=2**22,
        )
        return self._process

    async def stop(self) -> None:
        """
        End the process.
        """
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None


def failures(found: dict[str, tuple[str, str]]) -> dict[str, str]:
    """
    The reasons of what failed.  Nothing else may be odd: an error of the suite ends the test.
    """
    odd = {name: reason for name, (verdict, reason) in found.items() if verdict == "error"}
    assert not odd
    return {name: reason for name, (verdict, reason) in found.items() if verdict == "fail"}
