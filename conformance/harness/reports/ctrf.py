"""
CTRF, the Common Test Report Format (ctrf.io), as JSON.
"""

import hashlib
from datetime import datetime
from typing import Any, Final

from conformance.harness.reports.model import Finding, RunReport
from conformance.harness.verdict import Verdict

#: CTRF has five statuses.  What was not looked at is `skipped`, an error of the suite or the network is `other`: neither is `passed`.
STATUSES: Final = {
    Verdict.PASS: "passed",
    Verdict.DIALECT: "passed",
    Verdict.FAIL: "failed",
    Verdict.ERROR: "other",
    Verdict.BLOCKED: "skipped",
    Verdict.UNTESTED: "skipped",
    Verdict.NOT_APPLICABLE: "skipped",
}


def _unix_ms(started_at: str) -> int:
    return int(datetime.fromisoformat(started_at).timestamp() * 1000)


def _uuid_of(text: str) -> str:
    """
    A stable UUID (version 8, RFC 9562) from a text.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


def _test(report: RunReport, finding: Finding) -> dict[str, Any]:
    requirement = finding.requirement
    attachments = [
        {
            "name": "evidence",
            "contentType": "application/json",
            "path": f"results/{requirement.id}.json",
        }
    ]
    if finding.repro:
        attachments.append({"name": "repro", "contentType": "text/x-python", "path": finding.repro})
    found: dict[str, Any] = {
        "id": _uuid_of(f"{report.target} {requirement.id}"),
        "name": f"{requirement.id} {requirement.sentence}",
        "status": STATUSES[finding.verdict],
        "rawStatus": finding.verdict.value,
        "duration": round(finding.duration_s * 1000),
        "suite": ["paywright conformance", f"PGC-{requirement.group}"],
        "type": "conformance",
        "tags": [requirement.keyword.value, requirement.level.value],
        "attachments": attachments,
        "extra": {
            "requirement": requirement.id,
            "source": requirement.source,
            "keyword": requirement.keyword.value,
            "level": requirement.level.value,
        },
    }
    if finding.reason:
        found["message"] = finding.reason
    return found


def ctrf(report: RunReport) -> dict[str, Any]:
    """
    The whole document.  The run's verdict stands in `results.extra`.
    """
    tests = [_test(report, finding) for finding in report.findings]
    counts = {
        status: sum(test["status"] == status for test in tests)
        for status in ("passed", "failed", "skipped", "pending", "other")
    }
    start_ms = _unix_ms(report.started_at)
    result = report.result
    return {
        "reportFormat": "CTRF",
        "specVersion": "0.0.0",
        "reportId": _uuid_of(f"{report.target} {report.seed} {report.started_at}"),
        "timestamp": report.started_at,
        "generatedBy": "paywright",
        "results": {
            "tool": {"name": "paywright conformance"},
            "summary": {
                "tests": len(tests),
                **counts,
                "suites": len({finding.requirement.group for finding in report.findings}),
                "start": start_ms,
                "stop": start_ms + round(report.duration_s * 1000),
                "duration": round(report.duration_s * 1000),
            },
            "tests": tests,
            "environment": {
                "appName": report.target,
                "testEnvironment": report.profile,
                "extra": {"seed": report.seed},
            },
            "extra": {
                "conformant": result.conformant,
                "exitStatus": int(result.exit_status),
                "sentence": result.sentence,
                "complaints": list(result.complaints),
            },
        },
    }
