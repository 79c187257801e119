"""
The table that a person sees.
"""

from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.harness.reports.model import Finding, RunReport
from conformance.harness.verdict import ExitStatus, Keyword, Verdict

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


def _is_warning(finding: Finding, *, strict: bool) -> bool:
    """
    A SHOULD that failed, unless SHOULD counts as MUST.
    """
    binding = strict or finding.requirement.keyword is Keyword.MUST
    return finding.verdict is Verdict.FAIL and not binding


def render(report: RunReport, console: Console, folder: Path) -> None:
    """
    Print requirements with verdicts, the reasons of what is not green, and the result.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("requirement", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("what it says")
    for finding in report.findings:
        requirement = finding.requirement
        word = finding.verdict.value
        if _is_warning(finding, strict=report.strict):
            word = "warning"
        style = "yellow" if word == "warning" else _STYLES[finding.verdict]
        text = Text(requirement.sentence)
        if finding.reason and finding.verdict is not Verdict.PASS:
            text.append(f"\n→ {_one_line(finding.reason)}", style=style)
        table.add_row(
            requirement.id,
            Text(word, style=style),
            Text(requirement.level.value, style="dim"),
            text,
        )
    console.print(table)
    counts = ", ".join(
        f"{count} {verdict}" for verdict, count in report.result.counts.items() if count
    )
    warnings = sum(_is_warning(finding, strict=report.strict) for finding in report.findings)
    if warnings:
        counts += f" (fails include {warnings} warnings: SHOULD)"
    console.print()
    summary = f"{len(report.findings)} requirements in {report.duration_s:.1f} s: {counts}"
    console.print(summary, highlight=False)
    for note in report.notes:
        console.print(f"note: {note}", style="dim", highlight=False)
    style = "bold green" if report.result.exit_status is ExitStatus.CONFORMANT else "bold red"
    console.print(Text(report.result.sentence, style=style))
    console.print(
        f"target {report.target}, profile {report.profile}, seed {report.seed}; reports in {folder}",
        style="dim",
        highlight=False,
    )
