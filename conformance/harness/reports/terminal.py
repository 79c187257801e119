"""
The table that a person sees.
"""

from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.harness.reports.model import Finding, RunReport
from conformance.harness.rubric import award
from conformance.harness.verdict import Verdict

_STYLES: Final = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.DIALECT: "cyan",
    Verdict.BLOCKED: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
    Verdict.UNTESTED: "yellow",
    Verdict.ERROR: "bold magenta",
}


#: Characters of a reason in the table; the evidence has all of it.
_REASON_LENGTH_MAX: Final = 200


def _one_line(reason: str) -> str:
    """
    A reason that fits a cell, whatever the target answered.
    """
    text = " ".join(reason.split())
    return text if len(text) <= _REASON_LENGTH_MAX else text[:_REASON_LENGTH_MAX] + " …"


def _word(report: RunReport, finding: Finding) -> tuple[str, str]:
    """
    The verdict as a word, and its style.
    """
    if finding.requirement.id in report.result.known:
        return "known", "yellow"
    if finding.is_warning(strict=report.strict):
        return "warning", "yellow"
    return finding.verdict.value, _STYLES[finding.verdict]


def _requirements(report: RunReport) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("requirement", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("what it says")
    for finding in report.findings:
        requirement = finding.requirement
        word, style = _word(report, finding)
        text = Text(requirement.sentence)
        if finding.reason and finding.verdict is not Verdict.PASS:
            text.append(f"\n→ {_one_line(finding.reason)}", style=style)
        level = Text(requirement.level.value, style="dim")
        table.add_row(requirement.id, Text(word, style=style), level, text)
    return table


def _marks(report: RunReport, console: Console) -> None:
    if report.rubric is None:
        return
    marks = award(report.rubric, [finding.graded for finding in report.findings])
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(marks.rubric)
    for name in ("marks", "of", "hold", "of", "not looked at"):
        table.add_column(name, justify="right")
    for part in marks.parts:
        numbers = (part.of, part.held, part.counted, part.not_looked_at)
        table.add_row(Text(part.name), part.text, *map(str, numbers))
    console.print()
    console.print(table)
    console.print(f"{marks.text} of {marks.of} marks", style="bold", highlight=False)
    if marks.uncovered:
        console.print(
            f"not in the rubric: {', '.join(marks.uncovered)}", style="dim", highlight=False
        )


def render(report: RunReport, console: Console, folder: Path) -> None:
    """
    Print requirements with verdicts, the reasons of what is not green, marks, and the result.
    """
    console.print(_requirements(report))
    _marks(report, console)
    result = report.result
    counts = ", ".join(f"{count} {verdict}" for verdict, count in result.counts.items() if count)
    warnings = sum(finding.is_warning(strict=report.strict) for finding in report.findings)
    if warnings:
        counts += f" (fails include {warnings} warnings: SHOULD)"
    console.print()
    summary = f"{len(report.findings)} requirements in {report.duration_s:.1f} s: {counts}"
    console.print(summary, highlight=False)
    for note in report.notes:
        console.print(Text(f"note: {note}", style="dim"))
    for line in result.complaints:
        console.print(Text(f"baseline: {line}", style="bold red"))
    repros = sum(finding.repro is not None for finding in report.findings)
    if repros:
        console.print(
            Text(f"{repros} failures can be shown again: paywright replay {folder}/repro")
        )
    console.print(Text(result.sentence, style="bold green" if result.conformant else "bold red"))
    console.print(
        Text(
            f"target {report.target}, profile {report.profile}, seed {report.seed}; reports in {folder}",
            style="dim",
        )
    )
