"""
`results.json`, one evidence file per requirement, `summary.json`, JUnit and `report.html`.
"""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from conformance.harness.reports.model import Finding, RunReport
from conformance.harness.reports.page import html
from conformance.harness.verdict import Verdict


def _finding(finding: Finding) -> dict[str, Any]:
    requirement = finding.requirement
    return {
        "id": requirement.id,
        "group": requirement.group,
        "level": requirement.level.value,
        "keyword": requirement.keyword.value,
        "sentence": requirement.sentence,
        "source": requirement.source,
        "verdict": finding.verdict.value,
        "reason": finding.reason,
        "duration_s": round(finding.duration_s, 3),
        "evidence": f"results/{requirement.id}.json",
    }


def results_document(report: RunReport) -> dict[str, Any]:
    """
    The machine-readable report.
    """
    result = report.result
    return {
        "schema": "paywright-results/1",
        "target": report.target,
        "profile": report.profile,
        "seed": report.seed,
        "strict": report.strict,
        "started_at": report.started_at,
        "duration_s": round(report.duration_s, 3),
        "conformant": result.conformant,
        "exit_status": int(result.exit_status),
        "sentence": result.sentence,
        "counts": result.counts,
        "notes": list(report.notes),
        "requirements": [_finding(finding) for finding in report.findings],
    }


def _summary(report: RunReport) -> dict[str, Any]:
    sections: dict[str, dict[str, int]] = {}
    for finding in report.findings:
        section = sections.setdefault(finding.requirement.group, {v.value: 0 for v in Verdict})
        section[finding.verdict.value] += 1
    return {
        "conformant": report.result.conformant,
        "sentence": report.result.sentence,
        "by_requirement": {f.requirement.id: f.verdict.value for f in report.findings},
        "by_section": sections,
    }


def junit(report: RunReport) -> bytes:
    """
    JUnit XML.  A requirement that was not looked at is `skipped` with its reason and never counts as passed.
    """
    verdicts = [finding.verdict for finding in report.findings]
    failures = sum(verdict is Verdict.FAIL for verdict in verdicts)
    errors = sum(verdict is Verdict.ERROR for verdict in verdicts)
    skipped = (
        len(verdicts)
        - failures
        - errors
        - sum(v in (Verdict.PASS, Verdict.DIALECT) for v in verdicts)
    )
    suite = ET.Element(
        "testsuite",
        name="paywright conformance",
        tests=str(len(verdicts)),
        failures=str(failures),
        errors=str(errors),
        skipped=str(skipped),
        time=f"{report.duration_s:.3f}",
        timestamp=report.started_at,
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("target", report.target),
        ("profile", report.profile),
        ("seed", report.seed),
        ("conformant", str(report.result.conformant).lower()),
        ("sentence", report.result.sentence),
    ):
        ET.SubElement(properties, "property", name=name, value=value)
    for finding in report.findings:
        suite.append(_testcase(finding))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _testcase(finding: Finding) -> ET.Element:
    requirement = finding.requirement
    case = ET.Element(
        "testcase",
        classname=f"PGC-{requirement.group}",
        name=f"{requirement.id} {requirement.sentence}",
        time=f"{finding.duration_s:.3f}",
    )
    properties = ET.SubElement(case, "properties")
    for name, value in (
        ("level", requirement.level.value),
        ("keyword", requirement.keyword.value),
        ("verdict", finding.verdict.value),
        ("evidence", f"results/{requirement.id}.json"),
    ):
        ET.SubElement(properties, "property", name=name, value=value)
    if finding.verdict is Verdict.FAIL:
        ET.SubElement(case, "failure", message=finding.reason)
    elif finding.verdict is Verdict.ERROR:
        ET.SubElement(case, "error", message=finding.reason)
    elif finding.verdict not in (Verdict.PASS, Verdict.DIALECT):
        ET.SubElement(case, "skipped", message=f"{finding.verdict.value}: {finding.reason}")
    return case


def write(report: RunReport, folder: Path) -> None:
    """
    Write every file below `folder`.  Raises OSError.
    """
    evidence = folder / "results"
    evidence.mkdir(parents=True, exist_ok=True)
    for stale in evidence.glob("*.json"):
        stale.unlink()
    for finding in report.findings:
        document = {
            **_finding(finding),
            "target": report.target,
            "profile": report.profile,
            "seed": report.seed,
            "transcripts": list(finding.transcripts),
        }
        path = evidence / f"{finding.requirement.id}.json"
        path.write_text(json.dumps(document, indent=1, ensure_ascii=True), encoding="utf-8")
    text = json.dumps(results_document(report), indent=1, ensure_ascii=True)
    (folder / "results.json").write_text(text, encoding="utf-8")
    summary = json.dumps(_summary(report), indent=1, ensure_ascii=True)
    (folder / "summary.json").write_text(summary, encoding="utf-8")
    (folder / "junit.xml").write_bytes(junit(report))
    (folder / "report.html").write_bytes(html(report).encode("utf-8", "backslashreplace"))
