"""
What a person sees while a run is under way: a bar on a terminal, marks in a log, nothing when quiet.
"""

import sys
from typing import IO, Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from conformance.harness.verdict import Verdict

_MARKS: Final = {Verdict.PASS: ".", Verdict.FAIL: "F", Verdict.DIALECT: "d", Verdict.ERROR: "E"}
_MARKS_A_LINE: Final = 60


class Watcher(Protocol):
    """
    Is told how a run goes on.
    """

    def started(self, total: int) -> None:
        """
        So many cases will run.
        """
        ...

    def ended(self, requirement_id: str, verdict: Verdict) -> None:
        """
        One case has its verdict.
        """
        ...

    def closed(self) -> None:
        """
        The run is over.
        """
        ...


class Silence:
    """
    Shows nothing.
    """

    def started(self, total: int) -> None:
        """
        Nothing.
        """

    def ended(self, requirement_id: str, verdict: Verdict) -> None:
        """
        Nothing.
        """

    def closed(self) -> None:
        """
        Nothing.
        """


class Marks:
    """
    One character a case, for logs; at the end of each line, how far it is.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._done = self._total = 0

    def started(self, total: int) -> None:
        """
        Remember the total.
        """
        self._total = total

    def ended(self, requirement_id: str, verdict: Verdict) -> None:
        """
        Write the mark.
        """
        del requirement_id
        self._done += 1
        self._stream.write(_MARKS.get(verdict, "-"))
        if self._done % _MARKS_A_LINE == 0:
            self._stream.write(f" {self._done}/{self._total}\n")
        self._stream.flush()

    def closed(self) -> None:
        """
        End the line.
        """
        if self._done % _MARKS_A_LINE:
            self._stream.write(f" {self._done}/{self._total}\n")
            self._stream.flush()


class Bar:
    """
    A bar with the requirement at hand and the counts of what is not green.
    """

    def __init__(self, console: Console) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.fields[counts]}"),
            console=console, transient=True,
        )  # fmt: skip
        self._counts: dict[Verdict, int] = {}
        self._task = self._bar.add_task("starting", total=None, counts="")

    def started(self, total: int) -> None:
        """
        Show the bar.
        """
        self._bar.update(self._task, total=total)
        self._bar.start()

    def ended(self, requirement_id: str, verdict: Verdict) -> None:
        """
        One step.
        """
        self._counts[verdict] = self._counts.get(verdict, 0) + 1
        shown = ", ".join(
            f"{count} {one.value}" for one, count in self._counts.items() if one is not Verdict.PASS
        )
        self._bar.update(self._task, advance=1, description=requirement_id, counts=shown)

    def closed(self) -> None:
        """
        Take the bar away.
        """
        self._bar.stop()


def watcher(*, quiet: bool) -> Watcher:
    """
    The one that suits standard error.
    """
    if quiet:
        return Silence()
    if sys.stderr.isatty():
        return Bar(Console(stderr=True))
    return Marks(sys.stderr)
