"""
`report.html`: the run as one self-contained page, for people.

No script and nothing fetched: filters are radio buttons and CSS, evidence unfolds by itself, colours follow the reader's light or dark setting.
Everything the target said is escaped, since a report is opened by someone who does not trust the target.
"""

from html import escape

from conformance.harness.reports.exchanges import transcript_html
from conformance.harness.reports.model import Finding, RunReport
from conformance.harness.reports.style import STYLE
from conformance.harness.rubric import award
from conformance.harness.verdict import ExitStatus, Level, Verdict


def html(report: RunReport) -> str:
    """
    The page.
    """
    result = report.result
    colour = "green" if result.conformant else "red"
    if result.exit_status in (ExitStatus.INCOMPLETE, ExitStatus.SUITE_ERROR):
        colour = "amber"
    lines = "".join(f"<li>{escape(line)}</li>" for line in result.complaints)
    complaints = f'<ul class="complaints">{lines}</ul>' if lines else ""
    notes = "".join(f"<li>{escape(note)}</li>" for note in report.notes)
    articles = "".join(_article(report, finding) for finding in report.findings)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(result.sentence)}</title><style>{STYLE}{_filter_rules(report)}</style></head>"
        f'<body><h1 class="{colour}">{escape(result.sentence)}</h1>{_facts(report)}'
        f"{complaints}"
        f"{f'<ul>{notes}</ul>' if notes else ''}{_marks(report)}"
        f"<h2>Matrix</h2>{_legend(report)}{_matrix(report)}<h2>Requirements</h2>{_filters(report)}"
        f"<main>{articles}</main></body></html>\n"
    )


def _facts(report: RunReport) -> str:
    facts = {
        "Target": report.target,
        "Profile": report.profile,
        "Seed": report.seed,
        "Started": report.started_at,
        "Duration": f"{report.duration_s:.1f} s",
        "Requirements": f"{len(report.findings)}",
        "Exit status": f"{int(report.result.exit_status)}",
        "SHOULD counts": "yes" if report.strict else "no",
    }
    if report.lock is not None:
        facts["Transcript hash"] = report.lock.transcript_sha256[:16]
        facts["Suite hash"] = report.lock.suite_sha256[:16]
    rows = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in facts.items())
    return f'<dl class="facts">{rows}</dl>'


def _marks(report: RunReport) -> str:
    if report.rubric is None:
        return ""
    marks = award(report.rubric, [finding.graded for finding in report.findings])
    rows = "".join(
        f'<tr><th scope="row">{escape(part.name)}</th><td class="count">{part.text}</td><td class="count">{part.of}</td>'
        f'<td class="count">{part.held} of {part.counted}</td><td class="count">{part.not_looked_at or ""}</td></tr>'
        for part in marks.parts
    )
    aside = (
        f'<p class="dim">Not in the rubric: {escape(", ".join(marks.uncovered))}</p>'
        if marks.uncovered
        else ""
    )
    return (
        f"<h2>Marks: {marks.text} of {marks.of}</h2>"
        f'<div class="scroll"><table><thead><tr><th scope="col">{escape(marks.rubric)}</th><th scope="col">marks</th><th scope="col">of</th>'
        f'<th scope="col">requirements that hold</th><th scope="col">not looked at</th></tr></thead><tbody>{rows}</tbody></table></div>{aside}'
    )


def _groups(report: RunReport) -> list[str]:
    return sorted({finding.requirement.group for finding in report.findings})


def _filter_rules(report: RunReport) -> str:
    """
    A filter hides what is not of its kind; filters of several rows work together.
    """
    names = [v.value for v in Verdict]
    names += [f"group-{group}" for group in _groups(report)]
    names += [f"level-{level.value}" for level in Level]
    names += ["known"]
    return "".join(
        f"body:has(#show-{name}:checked) article:not(.{name}) {{ display: none; }}\n"
        for name in names
    )


def _filters(report: RunReport) -> str:
    counts = report.result.counts
    everything = f"all ({len(report.findings)})"
    verdicts = [(v.value, f"{v.value} ({counts[v.value]})") for v in Verdict if counts[v.value]]
    if report.result.known:
        verdicts.append(("known", f"known ({len(report.result.known)})"))
    groups = [(f"group-{group}", group) for group in _groups(report)]
    used = {finding.requirement.level for finding in report.findings}
    levels = [(f"level-{level.value}", level.value) for level in Level if level in used]
    return (
        f'<div class="filters">{_choice("Verdict", "show", everything, verdicts)}'
        f"{_choice('Group', 'group', 'all', groups)}{_choice('Level', 'level', 'all', levels)}</div>"
    )


def _choice(legend: str, name: str, everything: str, choices: list[tuple[str, str]]) -> str:
    labels = "".join(
        f'<label><input type="radio" name="{name}" id="show-{value}"> {escape(text)}</label>'
        for value, text in choices
    )
    return (
        f"<fieldset><legend>{legend}</legend>"
        f'<label><input type="radio" name="{name}" checked> {everything}</label>{labels}</fieldset>'
    )


def _legend(report: RunReport) -> str:
    used = [v for v in Verdict if report.result.counts[v.value]]
    words = "".join(
        f'<span class="cell {v.value}"></span> <span class="word">{v.value.replace("_", " ")}</span>'
        for v in used
    )
    return f'<p class="legend">{words}</p>'


def _matrix(report: RunReport) -> str:
    """
    Groups by verdicts with one square for each requirement, then levels by verdicts: the three levels are scored apart.
    """
    used = [v for v in Verdict if report.result.counts[v.value]]
    head = "".join(f'<th scope="col">{v.value.replace("_", " ")}</th>' for v in used)
    body = "".join(
        _row(name, [f for f in report.findings if f.requirement.group == name], used)
        for name in _groups(report)
    )
    body += "".join(
        _row(
            f"level {level.value}",
            [f for f in report.findings if f.requirement.level is level],
            used,
            squares=False,
        )
        for level in Level
    )
    return (
        '<div class="scroll"><table><thead><tr><th scope="col">Group</th><th scope="col">Each requirement</th>'
        f"{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(name: str, findings: list[Finding], used: list[Verdict], *, squares: bool = True) -> str:
    cells = "".join(
        f'<td class="count">{sum(f.verdict is v for f in findings) or ""}</td>' for v in used
    )
    links = "".join(
        f'<a class="cell {f.verdict.value}" href="#{f.requirement.id}" title="{f.requirement.id} {f.verdict.value}" '
        f'aria-label="{f.requirement.id} {f.verdict.value}"></a>'
        for f in findings
        if squares
    )
    return f'<tr><th scope="row">{escape(name)}</th><td class="cells">{links}</td>{cells}</tr>'


def _article(report: RunReport, finding: Finding) -> str:
    requirement = finding.requirement
    known = requirement.id in report.result.known
    word = finding.verdict.value.replace("_", " ")
    warning = finding.is_warning(strict=report.strict)
    if warning:
        word = "warning (a SHOULD that failed)"
    reason = f'<p class="reason">{escape(finding.reason)}</p>' if finding.reason else ""
    again = f"; shown again by {escape(finding.repro)}" if finding.repro else ""
    evidence = f"results/{requirement.id}.json"
    shown = "".join(transcript_html(t, evidence) for t in finding.transcripts)
    classes = f"{finding.verdict.value} group-{requirement.group} level-{requirement.level.value}"
    classes += (" warning" if warning else "") + (" known" if known else "")
    return (
        f'<article class="{classes}" id="{escape(requirement.id)}">'
        f'<h3>{escape(requirement.id)} <span class="verdict">{word}{", known" if known else ""}</span></h3>'
        f"<p>{escape(requirement.sentence)}</p>{reason}"
        f'<p class="dim">{requirement.keyword.value}, {requirement.level.value}, {escape(requirement.source)}, '
        f"{finding.duration_s:.2f} s, evidence in {evidence}{again}</p>{shown}</article>"
    )
