"""
`report.html`: the run as one self-contained page, for people.

No script and nothing fetched: filters are radio buttons and CSS, evidence unfolds by itself, colours follow the reader's light or dark setting.
Everything the target said is escaped, since a report is opened by someone who does not trust the target.
"""

import json
from html import escape
from typing import Any, Final

from conformance.harness.reports.model import Finding, RunReport
from conformance.harness.verdict import Level, Verdict

_STYLE: Final = """
:root { color-scheme: light dark; --line: light-dark(#d5d8de, #3a3f4a); --soft: light-dark(#f4f5f8, #1c2027);
  --pass: light-dark(#17692f, #6fd08c); --fail: light-dark(#b3141d, #ff8f8f); --other: light-dark(#7a5200, #eec26b); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; overflow-wrap: anywhere;
  color: light-dark(#16181d, #e8eaee); background: light-dark(#fff, #12151a); }
table { border-collapse: collapse; } th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; }
td.count { text-align: right; } .scroll { overflow-x: auto; }
fieldset { border: 1px solid var(--line); margin: 1rem 0; } fieldset label { margin-right: 1rem; white-space: nowrap; }
article { border-left: 4px solid var(--other); background: var(--soft); margin: .6rem 0; padding: .5rem .9rem; }
article h3 { font-size: 1rem; margin: 0; } article p { margin: .2rem 0; } .verdict { color: var(--other); }
.pass .verdict { color: var(--pass); } .fail .verdict, .error .verdict { color: var(--fail); }
article.pass { border-color: var(--pass); } article.fail, article.error { border-color: var(--fail); }
pre { white-space: pre-wrap; border: 1px solid var(--line); padding: .5rem; max-height: 28rem; overflow: auto; }
"""


def html(report: RunReport) -> str:
    """
    The page.
    """
    result = report.result
    facts = {
        "Target": report.target,
        "Profile": report.profile,
        "Seed": report.seed,
        "Started": report.started_at,
        "Duration": f"{report.duration_s:.1f} s",
        "Exit status": f"{int(result.exit_status)}",
    }
    rows = "".join(
        f'<tr><th scope="row">{escape(k)}</th><td>{escape(v)}</td></tr>' for k, v in facts.items()
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in report.notes)
    articles = "".join(_article(finding) for finding in report.findings)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(result.sentence)}</title><style>{_STYLE}{_filter_rules()}</style></head>"
        f"<body><h1>{escape(result.sentence)}</h1>"
        f"<table>{rows}</table>{f'<ul>{notes}</ul>' if notes else ''}"
        f"<h2>Matrix</h2>{_matrix(report)}<h2>Requirements</h2>{_filters(report)}"
        f"<main>{articles}</main></body></html>\n"
    )


def _filter_rules() -> str:
    return "".join(
        f"body:has(#show-{v.value}:checked) article:not(.{v.value}) {{ display: none; }}\n"
        for v in Verdict
    )


def _filters(report: RunReport) -> str:
    counts = report.result.counts
    choices = "".join(
        f'<label><input type="radio" name="show" id="show-{v.value}"> '
        f"{v.value} ({counts[v.value]})</label>"
        for v in Verdict
        if counts[v.value]
    )
    everything = f"all ({len(report.findings)})"
    return (
        "<fieldset><legend>Show</legend>"
        f'<label><input type="radio" name="show" checked> {everything}</label>{choices}</fieldset>'
    )


def _matrix(report: RunReport) -> str:
    """
    Groups by verdicts, then levels by verdicts: the three levels are scored apart.
    """
    head = "".join(f'<th scope="col">{v.value}</th>' for v in Verdict)
    groups = sorted({finding.requirement.group for finding in report.findings})
    body = "".join(
        _row(name, [f for f in report.findings if f.requirement.group == name]) for name in groups
    )
    body += "".join(
        _row(f"level {level.value}", [f for f in report.findings if f.requirement.level is level])
        for level in Level
    )
    return (
        '<div class="scroll"><table><thead><tr><th scope="col">Group</th>'
        f"{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(name: str, findings: list[Finding]) -> str:
    cells = "".join(
        f'<td class="count">{sum(f.verdict is v for f in findings) or ""}</td>' for v in Verdict
    )
    return f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>'


def _article(finding: Finding) -> str:
    requirement = finding.requirement
    reason = f"<p>{escape(finding.reason)}</p>" if finding.reason else ""
    evidence = "".join(_transcript(transcript) for transcript in finding.transcripts)
    return (
        f'<article class="{finding.verdict.value}" id="{escape(requirement.id)}">'
        f'<h3>{escape(requirement.id)} <span class="verdict">{finding.verdict.value}</span></h3>'
        f"<p>{escape(requirement.sentence)}</p>{reason}"
        f"<p><small>{requirement.keyword.value}, {requirement.level.value}, "
        f"{escape(requirement.source)}, {finding.duration_s:.2f} s</small></p>"
        f"{evidence}</article>"
    )


def _transcript(transcript: dict[str, Any]) -> str:
    exchanges = transcript.get("exchanges", [])
    notes = transcript.get("notes", [])
    shown = "\n\n".join(_exchange(exchange) for exchange in exchanges)
    if notes:
        shown += "\n\n" + json.dumps(notes, indent=1, ensure_ascii=False)
    title = f"{transcript.get('case', 'case')}: {len(exchanges)} exchanges"
    return (
        f"<details><summary>{escape(title)}</summary><pre>{escape(shown.strip())}</pre></details>"
    )


def _exchange(exchange: dict[str, Any]) -> str:
    request, response = exchange["request"], exchange["response"]
    lines = [f"> {request['method']} {request['url']}", *_message(request)]
    if response is None:
        lines.append(f"< no answer: {exchange['failure']}")
    else:
        lines += [f"< {response['status']} after {exchange['duration_ms']} ms", *_message(response)]
    return "\n".join(lines)


def _message(message: dict[str, Any]) -> list[str]:
    headers = [f"  {name}: {value}" for name, value in message["headers"].items()]
    return [*headers, *(f"  {text}" for text in message["body"].values())]
