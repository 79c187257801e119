"""
`summary.md`: the run on one screen, for a pull request or a CI's step summary.
"""

import re
from typing import Final

from conformance.harness.reports.model import Finding, RunReport
from conformance.harness.rubric import award
from conformance.harness.verdict import Verdict

_SHOWN_MAX: Final = 50
_REASON_LENGTH_MAX: Final = 240
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~])")


def _plain(text: str) -> str:
    """
    One line in which nothing the target said is markup.
    """
    line = " ".join(text.split())
    if len(line) > _REASON_LENGTH_MAX:
        line = line[:_REASON_LENGTH_MAX] + " …"
    return _SPECIAL.sub(r"\\\1", line).replace("@", "&#64;").replace("://", ":&#47;&#47;")


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    line = "| " + " | ".join(header) + " |"
    return [line, "|" + "---|" * len(header), *("| " + " | ".join(row) + " |" for row in rows), ""]


def _groups(report: RunReport) -> list[str]:
    used = [v for v in Verdict if report.result.counts[v.value]]
    rows = []
    for group in sorted({f.requirement.group for f in report.findings}):
        found = [f.verdict for f in report.findings if f.requirement.group == group]
        rows.append([group, *(str(found.count(v) or "") for v in used)])
    return _table(["group", *(v.value.replace("_", " ") for v in used)], rows)


def _not_green(report: RunReport) -> list[Finding]:
    green = (Verdict.PASS, Verdict.NOT_APPLICABLE)
    order = list(Verdict)
    found = [finding for finding in report.findings if finding.verdict not in green]
    return sorted(found, key=lambda finding: (order.index(finding.verdict), finding.requirement.id))


def _facts(report: RunReport) -> str:
    target = report.target.replace("`", "")
    count, status = len(report.findings), int(report.result.exit_status)
    return (
        f"Target `{target}`, profile {_plain(report.profile)}, seed `{report.seed}`, {count} requirements in "
        f"{report.duration_s:.1f} s, exit status {status}."
    )


def markdown(report: RunReport) -> str:
    """
    The page.
    """
    result = report.result
    lines = [
        f"## {_plain(result.sentence)}",
        "",
        _facts(report),
        "",
        *(f"- **{_plain(line)}**" for line in result.complaints),
        *(f"- {_plain(note)}" for note in report.notes),
        "",
        *_groups(report),
    ]
    if report.rubric is not None:
        marks = award(report.rubric, [finding.graded for finding in report.findings])
        rows = [
            [_plain(p.name), p.text, str(p.of), f"{p.held} of {p.counted}"] for p in marks.parts
        ]
        lines += _table(["part", "marks", "of", "requirements that hold"], rows)
        lines += [f"**{marks.text} of {marks.of} marks** ({_plain(marks.rubric)})", ""]
    found = _not_green(report)
    if found:
        rows = [
            [
                f.requirement.id,
                "known" if f.requirement.id in result.known else f.verdict.value,
                _plain(f.requirement.sentence),
                _plain(f.reason),
            ]
            for f in found[:_SHOWN_MAX]
        ]
        lines += _table(["requirement", "verdict", "what it says", "what was found"], rows)
    if len(found) > _SHOWN_MAX:
        lines += [f"… and {len(found) - _SHOWN_MAX} more in `results.json`.", ""]
    return "\n".join(lines)
