"""
Writes a run's reports into a folder.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from conformance.harness.normalising import ndjson
from conformance.harness.reports.ctrf import ctrf
from conformance.harness.reports.documents import (
    evidence_document,
    results_document,
    summary_document,
)
from conformance.harness.reports.har import har
from conformance.harness.reports.junit import junit
from conformance.harness.reports.markdown import markdown
from conformance.harness.reports.model import RunReport
from conformance.harness.reports.page import html
from conformance.harness.reports.sarif import sarif


def _json(document: Any) -> bytes:
    """
    Indented by hand of msgspec, five times as fast; what is no strict JSON (half a surrogate pair, infinity) by the standard library.
    """
    try:
        return msgspec.json.format(json.dumps(document), indent=1).encode("ascii") + b"\n"
    except msgspec.DecodeError:
        return (json.dumps(document, indent=1) + "\n").encode("ascii")


def renderings(report: RunReport) -> dict[str, bytes]:
    """
    Every file of the run but the evidence, by its path in the folder.
    """
    found = {
        "results.json": _json(results_document(report)),
        "summary.json": _json(summary_document(report)),
        "junit.xml": junit(report),
        "ctrf.json": _json(ctrf(report)),
        "report.sarif": _json(sarif(report)),
        "failures.sarif": _json(sarif(report, failures_only=True)),
        "transcript.har": _json(har(report)),
        "transcript.ndjson": _transcript(report),
        "summary.md": markdown(report).encode("utf-8", "backslashreplace"),
        "report.html": html(report).encode("utf-8", "backslashreplace"),
    }
    if report.lock is not None:
        found["run.lock"] = _json(report.lock.document())
    return found


def _transcript(report: RunReport) -> bytes:
    if report.transcript is not None:
        return report.transcript
    return ndjson((finding.requirement.id, finding.transcripts) for finding in report.findings)


def _write_repros(report: RunReport, folder: Path) -> None:
    scripts = {f.repro: f.script for f in report.findings if f.repro and f.script}
    for stale in (folder / "repro").glob("PGC-*.py"):
        stale.unlink()
    for name, text in scripts.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="backslashreplace")


def write(report: RunReport, folder: Path) -> None:
    """
    Write every file below `folder`.  What an earlier run left of evidence is removed.  Raises OSError.
    """
    evidence = folder / "results"
    evidence.mkdir(parents=True, exist_ok=True)
    names = {f"{finding.requirement.id}.json" for finding in report.findings}
    for stale in evidence.glob("*.json"):
        if stale.name not in names:
            stale.unlink()
    for finding in report.findings:
        path = evidence / f"{finding.requirement.id}.json"
        path.write_bytes(_json(evidence_document(report, finding)))
    _write_repros(report, folder)
    for name, content in renderings(report).items():
        (folder / name).write_bytes(content)
