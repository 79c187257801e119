"""
`results.json`, `summary.json` and the evidence file of each requirement, as JSON documents.
"""

from typing import Any, Final

from conformance.harness.reports.model import Finding, RunReport
from conformance.harness.rubric import award
from conformance.harness.verdict import Verdict

SCHEMA: Final = "paywright-results/1"


def finding_document(finding: Finding) -> dict[str, Any]:
    """
    One requirement, without its transcripts.
    """
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
        "repro": finding.repro,
    }


def results_document(report: RunReport) -> dict[str, Any]:
    """
    The machine-readable report.
    """
    result = report.result
    graded = [finding.graded for finding in report.findings]
    return {
        "schema": SCHEMA,
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
        "known": list(result.known),
        "complaints": list(result.complaints),
        "baseline": baseline_document(report),
        "marks": None if report.rubric is None else award(report.rubric, graded).document(),
        "notes": list(report.notes),
        "requirements": [finding_document(finding) for finding in report.findings],
    }


def baseline_document(report: RunReport) -> list[dict[str, str]]:
    """
    The baseline's entries, so that a reader can check the verdict.
    """
    if report.baseline is None:
        return []
    return [
        {
            "id": finding.requirement_id,
            "reason": finding.reason,
            "expires": finding.expires.isoformat(),
            "link": finding.link,
        }
        for finding in report.baseline.findings
    ]


def summary_document(report: RunReport) -> dict[str, Any]:
    """
    Verdicts by requirement, counts by section.
    """
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


def evidence_document(report: RunReport, finding: Finding) -> dict[str, Any]:
    """
    One requirement with every exchange.
    """
    return {
        **finding_document(finding),
        "target": report.target,
        "profile": report.profile,
        "seed": report.seed,
        "transcripts": list(finding.transcripts),
    }
