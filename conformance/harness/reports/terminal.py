"""
The table that a person sees.
"""

from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.harness.reports.model import RunReport
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
        if finding.verdict is Verdict.FAIL and requirement.keyword is not Keyword.MUST:
            word = "warning" if not report.strict else word
        style = "yellow" if word == "warning" else _STYLES[finding.verdict]
        text = Text(requirement.sentence)
        if finding.reason and finding.verdict is not Verdict.PASS:
            text.append(f"\n→ {finding.reason}", style=style)
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
    console.print()
    console.print(
        f"{len(report.findings)} requirements in {report.duration_s:.1f} s: {counts}",
        highlight=False,
    )
    for note in report.notes:
        console.print(f"note: {note}", style="dim", highlight=False)
    style = "bold green" if report.result.exit_status is ExitStatus.CONFORMANT else "bold red"
    console.print(Text(report.result.sentence, style=style))
    console.print(
        f"target {report.target}, profile {report.profile}, seed {report.seed}; reports in {folder}",
        style="dim",
        highlight=False,
    )
