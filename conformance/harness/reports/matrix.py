"""
`matrix.html` and the terminal's table of several runs side by side.
"""

import os
from html import escape
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.harness.comparing import Comparison, Row
from conformance.harness.reports.model import Finding
from conformance.harness.reports.style import STYLE
from conformance.harness.verdict import Verdict

_STYLE: Final = """
table.matrix { width: 100%; } .matrix td.verdict { white-space: nowrap; font-weight: 600; color: var(--other); }
.matrix td.pass { color: var(--pass); } .matrix td.fail { color: var(--fail); } .matrix td.error { color: var(--error); }
.matrix td.dialect { color: var(--dialect); } .matrix td.not_applicable, .matrix td.absent { color: var(--calm); }
.matrix td.verdict p { white-space: normal; font-weight: 400; color: var(--ink); font-size: .85em; margin: .2rem 0 0; }
.matrix th[scope=row] { white-space: nowrap; } .matrix td:nth-child(2) { min-width: 16rem; } .matrix thead th { position: sticky; top: 0; }
body:has(#only-differing:checked) tr.same { display: none; }
body:has(#only-failing:checked) tr.holds { display: none; }
"""
_COLOURS: Final = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.DIALECT: "cyan",
    Verdict.ERROR: "magenta",
    Verdict.NOT_APPLICABLE: "dim",
}


def matrix_html(comparison: Comparison, beside: Path) -> str:
    """
    The page; links to each run's report are relative to the folder `beside`.
    """
    columns = list(zip(comparison.names, comparison.runs, strict=True))
    heads = "".join(
        f'<th scope="col">{escape(name)}<br><span class="dim">{escape(run.report.target)}</span></th>'
        for name, run in columns
    )
    results = "".join(
        f'<tr><th scope="row"><a href="{_link(run.folder, beside)}">{escape(name)}</a></th><td>{escape(run.report.result.sentence)}</td>'
        f'<td class="count">{int(run.report.result.exit_status)}</td><td>{escape(_marks(run.document))}</td>'
        f"<td>{escape(run.report.profile)}, seed {escape(run.report.seed)}, {escape(run.report.started_at)}</td></tr>"
        for name, run in columns
    )
    links = [_link(run.folder, beside) for _, run in columns]
    rows = "".join(_row(row, links) for row in comparison.rows)
    title = f"{len(columns)} runs side by side"
    aside = (
        '<ul class="complaints"><li>The runs were made by different versions of the suite: a difference may be the suite\'s.</li></ul>'
        if comparison.suites_differ
        else ""
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}{_STYLE}</style></head><body><h1>{title}</h1>{aside}"
        '<div class="scroll"><table><thead><tr><th scope="col">run</th><th scope="col">result</th><th scope="col">exit status</th>'
        f'<th scope="col">marks</th><th scope="col">how</th></tr></thead><tbody>{results}</tbody></table></div>'
        f"<h2>Requirements</h2>{_filters(comparison)}"
        f'<div class="scroll"><table class="matrix"><thead><tr><th scope="col">requirement</th><th scope="col">what it says</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div></body></html>\n"
    )


def _link(folder: Path, beside: Path) -> str:
    path = Path(os.path.relpath((folder / "report.html").absolute(), beside.absolute()))
    return escape(path.as_posix(), quote=True)


def _marks(document: dict[str, object]) -> str:
    marks = document.get("marks")
    return f"{marks['marks']} of {marks['of']}" if isinstance(marks, dict) else ""


def _filters(comparison: Comparison) -> str:
    differing = sum(row.differs for row in comparison.rows)
    failing = sum(_fails(row) for row in comparison.rows)
    return (
        f'<fieldset><legend>Show</legend><label><input type="radio" name="only" checked> all ({len(comparison.rows)})</label>'
        f'<label><input type="radio" name="only" id="only-differing"> where they differ ({differing})</label>'
        f'<label><input type="radio" name="only" id="only-failing"> where one fails ({failing})</label></fieldset>'
    )


def _fails(row: Row) -> bool:
    return any(finding is not None and finding.verdict is Verdict.FAIL for finding in row.findings)


def _row(row: Row, links: list[str]) -> str:
    cells = "".join(_cell(finding, link) for finding, link in zip(row.findings, links, strict=True))
    classes = ("differs" if row.differs else "same") + ("" if _fails(row) else " holds")
    return (
        f'<tr class="{classes}"><th scope="row">{escape(row.requirement.id)}</th><td>{escape(row.requirement.sentence)}'
        f'<br><span class="dim">{row.requirement.keyword.value}, {row.requirement.level.value}</span></td>{cells}</tr>'
    )


def _cell(finding: Finding | None, link: str) -> str:
    if finding is None:
        return '<td class="verdict absent">not in this run</td>'
    reason = finding.reason[:200] + (" …" if len(finding.reason) > 200 else "")  # noqa: PLR2004  fits a cell
    return (
        f'<td class="verdict {finding.verdict.value}"><a href="{link}#{escape(finding.requirement.id)}">{finding.verdict.value}</a>'
        f"{f'<p>{escape(reason)}</p>' if reason else ''}</td>"
    )


def matrix_terminal(comparison: Comparison, console: Console) -> None:
    """
    Print each run's result and the requirements on which they differ or fail.
    """
    results = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("run", "result", "marks", "target"):
        results.add_column(name)
    for name, run in zip(comparison.names, comparison.runs, strict=True):
        result = run.report.result
        style = "green" if result.conformant else "red"
        results.add_row(
            name, Text(result.sentence, style=style), _marks(run.document), run.report.target
        )
    console.print(results)
    console.print()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("requirement", no_wrap=True)
    for name in comparison.names:
        table.add_column(name)
    table.add_column("what it says")
    shown = [row for row in comparison.rows if row.differs or _fails(row)]
    for row in shown:
        words = [
            Text("-")
            if f is None
            else Text(f.verdict.value, style=_COLOURS.get(f.verdict, "yellow"))
            for f in row.findings
        ]
        table.add_row(row.requirement.id, *words, Text(row.requirement.sentence))
    if shown:
        console.print(table)
    same = len(comparison.rows) - len(shown)
    console.print(Text(f"{same} of {len(comparison.rows)} requirements fail nowhere and are alike"))
    if comparison.suites_differ:
        console.print(Text("the runs were made by different versions of the suite", style="yellow"))
