"""
Runs a submission: set up, start, test, verify, grade, and always shut down.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import httpx

from conformance.harness.redaction import Redactor
from conformance.harness.shells import Ended, Shells, wait_for
from conformance.harness.submission import PHASES, Command, Submission

#: Seconds for each phase as a whole: an image may be built in the first two, a test suite may be long.
LIMITS_S: Final[Mapping[str, float]] = {
    "setup": 600.0,
    "start": 300.0,
    "test": 600.0,
    "verify": 120.0,
    "shutdown": 120.0,
}
#: A command of `start` that still runs after this long, with more to come, is a service.
_SERVICE_AFTER_S: Final = 60.0
_TAIL_LENGTH: Final = 4_000
_ANSWER_S: Final = 2.0


class State(StrEnum):
    """
    What became of a command or a phase.
    """

    OK = "ok"
    RUNNING = "running"
    FAILED = "failed"
    TIMED_OUT = "timed out"
    NOT_RUN = "not run"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRun:
    """
    One command.  `expected` is `met`, or `to be read` when its words are not in the output: then a person decides, not a string comparison.
    """

    command: Command
    state: State
    exit_status: int | None
    duration_s: float
    expected: str
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRun:
    """
    One phase.
    """

    name: str
    state: State
    commands: tuple[CommandRun, ...] = ()
    duration_s: float = 0.0


@dataclass(slots=True, kw_only=True)
class Evaluation:
    """
    Everything that happened.  `graded` is the suite's exit status, None when it did not come to that.
    """

    submission: Submission
    target: str
    phases: list[PhaseRun] = field(default_factory=list)
    answered: bool = False
    graded: int | None = None
    interrupted: bool = False
    left_running: int = 0

    @property
    def exit_status(self) -> int:
        """
        4 the target never answered; else the suite's verdict; else 1 when a phase failed.
        """
        if self.interrupted:
            return 130
        if not self.answered:
            return 4
        if self.graded:
            return self.graded
        bad = (State.FAILED, State.TIMED_OUT, State.MISSING)
        return 1 if any(phase.state in bad for phase in self.phases) else 0

    def document(self) -> dict[str, Any]:
        """
        As JSON.
        """
        return {
            "schema": "paywright-evaluation/1",
            "submission": str(self.submission.path),
            "target": self.target,
            "answered": self.answered,
            "graded": self.graded,
            "interrupted": self.interrupted,
            "ended_by_force": self.left_running,
            "exit_status": self.exit_status,
            "phases": [_phase_document(phase) for phase in self.phases],
        }


def _phase_document(phase: PhaseRun) -> dict[str, Any]:
    return {
        "name": phase.name,
        "state": phase.state.value,
        "duration_s": round(phase.duration_s, 2),
        "commands": [
            {
                "command": run.command.text,
                "name": run.command.name,
                "line": run.command.line,
                "state": run.state.value,
                "exit_status": run.exit_status,
                "duration_s": round(run.duration_s, 2),
                "expected": run.command.expected,
                "expected_state": run.expected,
                "output": run.output,
            }
            for run in phase.commands
        ],
    }


class Evaluator:
    """
    Runs one submission.  `grade` grades the target and gives the suite's exit status; `report` is told lines for a person.
    """

    def __init__(
        self,
        submission: Submission,
        *,
        target: str,
        out: Path,
        limits_s: Mapping[str, float],
        redactor: Redactor,
        grade: Callable[[], int],
        report: Callable[[str], None],
    ) -> None:
        self.evaluation = Evaluation(submission=submission, target=target)
        self._submission = submission
        self._target = target.rstrip("/")
        self._logs = out / "phases"
        self._limits_s = {**LIMITS_S, **limits_s}
        self._redactor = redactor
        self._grade = grade
        self._report = report
        self._shells = Shells(submission.path.parent.absolute(), dict(os.environ))

    def run(self) -> Evaluation:
        """
        All phases.  Whatever happens in between, interruption included, the shutdown phase runs and nothing is left running.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        try:
            self._before_shutdown()
        except KeyboardInterrupt:
            self.evaluation.interrupted = True
            self._report("interrupted: shutting down")
        finally:
            try:
                self._phase("shutdown")
            finally:
                self.evaluation.left_running = self._shells.end_all()
        return self.evaluation

    def _before_shutdown(self) -> None:
        self._phase("setup")
        self._phase("start")
        self.evaluation.answered = self._answers()
        if not self.evaluation.answered:
            self._report(f"nothing answers at {self._target}: not tested, not graded")
            self.evaluation.phases += [
                PhaseRun(name=name, state=State.NOT_RUN) for name in ("test", "verify")
            ]
            return
        self._phase("test")
        self._phase("verify")
        self._report("grading")
        self.evaluation.graded = self._grade()

    def _answers(self) -> bool:
        try:
            httpx.get(f"{self._target}/health", timeout=_ANSWER_S, trust_env=False)
        except httpx.HTTPError:
            return False
        return True

    def _phase(self, name: str) -> None:
        commands = self._submission.phases.get(name)
        if commands is None:
            self._done(PhaseRun(name=name, state=State.MISSING))
            return
        log = self._logs / f"{PHASES.index(name) + 1}-{name}.log"
        log.write_bytes(b"")
        runs: list[CommandRun] = []
        left_s = self._limits_s[name]
        for number, command in enumerate(commands, 1):
            if left_s <= 0:
                runs.append(_not_run(command))
                continue
            self._report(f"{name}: {command.name or command.text.strip().splitlines()[0][:100]}")
            ended = self._run(name, command, log, left_s, is_last=number == len(commands))
            runs.append(ended)
            left_s -= ended.duration_s
        log.write_text(self._redactor.text(log.read_text("utf-8", "replace")), encoding="utf-8")
        self._done(_phase_run(name, runs))

    def _done(self, phase: PhaseRun) -> None:
        self.evaluation.phases.append(phase)
        self._report(f"{phase.name}: {phase.state.value}")

    def _run(
        self, phase: str, command: Command, log: Path, limit_s: float, *, is_last: bool
    ) -> CommandRun:
        before = log.stat().st_size
        enough = self._is_up(is_last=is_last) if phase == "start" else None
        ended = self._shells.run(command.text, log, limit_s=limit_s, enough=enough)
        if phase == "start" and is_last and ended.exit_status == 0:
            ended = self._wait_for_answer(ended, limit_s)
        with log.open("rb") as lines:
            lines.seek(before)
            output = self._redactor.text(lines.read().decode("utf-8", "replace"))
        return CommandRun(
            command=command,
            state=_state(ended, command),
            exit_status=ended.exit_status,
            duration_s=ended.duration_s,
            expected=_expected(command, ended, output),
            output=output[-_TAIL_LENGTH:],
        )

    def _is_up(self, *, is_last: bool) -> Callable[[float], bool]:
        def look(passed_s: float) -> bool:
            return (not is_last and passed_s > _SERVICE_AFTER_S) or self._answers()

        return look

    def _wait_for_answer(self, ended: Ended, limit_s: float) -> Ended:
        """
        `docker compose up -d` is back before the gateway answers.
        """
        waited_s = wait_for(self._answers, limit_s=max(0.0, limit_s - ended.duration_s))
        return replace(ended, duration_s=ended.duration_s + waited_s)


def _not_run(command: Command) -> CommandRun:
    return CommandRun(
        command=command,
        state=State.NOT_RUN,
        exit_status=None,
        duration_s=0.0,
        expected="",
        output="",
    )


def _state(ended: Ended, command: Command) -> State:
    if ended.running:
        return State.RUNNING
    if ended.exit_status is None:
        return State.TIMED_OUT
    wanted = command.expected if isinstance(command.expected, int) else 0
    return State.OK if ended.exit_status == wanted else State.FAILED


def _expected(command: Command, ended: Ended, output: str) -> str:
    wanted = command.expected
    if wanted is None:
        return ""
    if isinstance(wanted, int):
        return "met" if ended.exit_status == wanted else "not met"
    words = " ".join(wanted.lower().split())
    return "met" if words in " ".join(output.lower().split()) else "to be read"


def _phase_run(name: str, runs: list[CommandRun]) -> PhaseRun:
    states = {run.state for run in runs}
    worst = (State.TIMED_OUT, State.FAILED, State.NOT_RUN)
    state = next((state for state in worst if state in states), State.OK)
    duration_s = sum(run.duration_s for run in runs)
    return PhaseRun(name=name, state=state, commands=tuple(runs), duration_s=duration_s)
