"""
`evaluation.json` and `evaluation.html`: a submission's phases, beside the report of the grading.
"""

import json
from html import escape
from pathlib import Path
from typing import Final

from conformance.harness.evaluating import CommandRun, Evaluation, PhaseRun, State
from conformance.harness.reports.style import STYLE

_CLASSES: Final = {
    State.OK: "pass",
    State.RUNNING: "pass",
    State.FAILED: "fail",
    State.TIMED_OUT: "fail",
    State.MISSING: "fail",
    State.NOT_RUN: "untested",
}


def sentence(evaluation: Evaluation) -> str:
    """
    The result in a line.
    """
    if evaluation.interrupted:
        return "interrupted, and shut down"
    if not evaluation.answered:
        return f"the gateway did not answer at {evaluation.target}"
    good = (State.OK, State.RUNNING)
    bad = [phase.name for phase in evaluation.phases if phase.state not in good]
    phases = f"phases not in order: {', '.join(bad)}" if bad else "all phases in order"
    graded = evaluation.graded
    verdict = {0: "conformant", 1: "not conformant", 3: "incomplete"}.get(
        -1 if graded is None else graded, "no verdict"
    )
    return f"{verdict}; {phases}"


def html(evaluation: Evaluation) -> str:
    """
    The page.
    """
    title = escape(sentence(evaluation))
    colour = "green" if evaluation.exit_status == 0 else "red"
    report = (
        '<p><a href="report.html">The requirements, one by one</a></p>'
        if evaluation.graded is not None
        else ""
    )
    force = (
        f"<p>{evaluation.left_running} process groups were still running after shutdown and were ended.</p>"
        if evaluation.left_running
        else ""
    )
    phases = "".join(_phase(phase) for phase in evaluation.phases)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><style>{STYLE}</style></head><body><h1 class="{colour}">{title}</h1>'
        f'<dl class="facts"><div><dt>Submission</dt><dd>{escape(str(evaluation.submission.path))}</dd></div>'
        f"<div><dt>Target</dt><dd>{escape(evaluation.target)}</dd></div>"
        f"<div><dt>Exit status</dt><dd>{evaluation.exit_status}</dd></div></dl>{report}{force}<h2>Phases</h2>{phases}</body></html>\n"
    )


def _phase(phase: PhaseRun) -> str:
    commands = "".join(_command(run) for run in phase.commands)
    return (
        f'<article class="{_CLASSES[phase.state]}"><h3>{escape(phase.name)} <span class="verdict">{phase.state.value}</span></h3>'
        f'<p class="dim">{phase.duration_s:.1f} s, {len(phase.commands)} commands</p>{commands}</article>'
    )


def _command(run: CommandRun) -> str:
    status = "" if run.exit_status is None else f", exit status {run.exit_status}"
    expected = ""
    if run.command.expected is not None:
        expected = (
            f'<p class="dim">expected: {escape(str(run.command.expected))} — {run.expected}</p>'
        )
    name = f"{run.command.name}: " if run.command.name else ""
    title = f"{name}{run.command.text.strip()} → {run.state.value}{status} ({run.duration_s:.1f} s)"
    opened = " open" if run.state in (State.FAILED, State.TIMED_OUT) else ""
    return f"<details{opened}><summary>{escape(title)}</summary>{expected}<pre>{escape(run.output)}</pre></details>"


def write(evaluation: Evaluation, out: Path) -> None:
    """
    Both files.  Raises OSError.
    """
    text = json.dumps(evaluation.document(), indent=1)
    (out / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    page = html(evaluation)
    (out / "evaluation.html").write_text(page, encoding="utf-8", errors="backslashreplace")
