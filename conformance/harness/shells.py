"""
Commands of a submission as processes: each in a group of its own, with a time limit, its output kept in a file, nothing left behind.
"""

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from conformance.harness.clock import monotonic_s
from conformance.harness.ports import pause

_TERM_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """
    What became of a command.  `exit_status` None: it was still running when it was left (`running`) or when its time was up.
    """

    exit_status: int | None
    running: bool
    duration_s: float


@dataclass(slots=True)
class Shells:
    """
    Everything that one evaluation started.
    """

    folder: Path
    environ: dict[str, str]
    _started: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def run(
        self,
        command: str,
        log: Path,
        *,
        limit_s: float,
        enough: Callable[[float], bool] | None = None,
    ) -> Ended:
        """
        Run until it ends, its time is up, or `enough` (told the seconds so far) says to leave it running.
        """
        began_s = monotonic_s()
        with log.open("ab") as out:
            process = subprocess.Popen(  # noqa: S602  running the submission's commands is the purpose
                command,
                shell=True,
                cwd=self.folder,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started.append(process)
        while process.poll() is None:
            passed_s = monotonic_s() - began_s
            if enough is not None and enough(passed_s):
                return Ended(exit_status=None, running=True, duration_s=passed_s)
            if passed_s > limit_s:
                self._end(process)
                return Ended(exit_status=None, running=False, duration_s=passed_s)
            pause()
        if not _group_lives(process):
            self._started.remove(process)
        return Ended(
            exit_status=process.returncode, running=False, duration_s=monotonic_s() - began_s
        )

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        """
        The whole group, politely, then not.
        """
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, number)
            deadline_s = monotonic_s() + _TERM_S
            while _group_lives(process) and monotonic_s() < deadline_s:
                pause()
        process.wait()

    def end_all(self) -> int:
        """
        End what is still running, children of commands that are long over included; how many groups that were.
        """
        left = [process for process in self._started if _group_lives(process)]
        for process in reversed(left):
            self._end(process)
        return len(left)


def wait_for(look: Callable[[], bool], *, limit_s: float) -> float:
    """
    Look again and again until it is so, at most `limit_s`; the seconds that took.
    """
    began_s = monotonic_s()
    while not look() and monotonic_s() - began_s < limit_s:
        pause()
    return monotonic_s() - began_s


def _group_lives(process: "subprocess.Popen[bytes]") -> bool:
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
