"""
SARIF 2.1.0 (OASIS): every verdict for SARIF viewers, and the failures alone for GitHub, which does not look at `kind`.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from conformance.harness.reports.model import Finding, RunReport
from conformance.harness.verdict import Keyword, Verdict

_KINDS: Final = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "fail",
    Verdict.DIALECT: "informational",
    Verdict.NOT_APPLICABLE: "notApplicable",
    Verdict.BLOCKED: "open",
    Verdict.UNTESTED: "open",
    Verdict.ERROR: "review",
}


def _level(finding: Finding, *, strict: bool) -> str:
    """
    SARIF allows a level other than `none` for `fail` only.
    """
    if finding.verdict is not Verdict.FAIL:
        return "none"
    return "warning" if finding.is_warning(strict=strict) else "error"


def _rule(finding: Finding) -> dict[str, Any]:
    requirement = finding.requirement
    return {
        "id": requirement.id,
        "shortDescription": {"text": requirement.sentence},
        "fullDescription": {"text": f"{requirement.sentence} Source: {requirement.source}."},
        "defaultConfiguration": {
            "level": "error" if requirement.keyword is Keyword.MUST else "warning"
        },
        "properties": {
            "tags": [requirement.level.value, requirement.keyword.value, requirement.group]
        },
    }


def _result(report: RunReport, finding: Finding, index: int) -> dict[str, Any]:
    requirement = finding.requirement
    text = finding.reason or f"{finding.verdict.value}: {requirement.sentence}"
    shown: dict[str, Any] = {
        "ruleId": requirement.id,
        "ruleIndex": index,
        "kind": _KINDS[finding.verdict],
        "level": _level(finding, strict=report.strict),
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": f"results/{requirement.id}.json"},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [{"fullyQualifiedName": f"{report.target} {requirement.id}"}],
            }
        ],
        "partialFingerprints": {"requirement/v1": f"{report.profile} {requirement.id}"},
        "properties": {"verdict": finding.verdict.value},
    }
    if requirement.id in report.result.known:
        known = (
            {f.requirement_id: f.reason for f in report.baseline.findings}
            if report.baseline
            else {}
        )
        shown["suppressions"] = [
            {"kind": "external", "justification": known.get(requirement.id, "baseline")}
        ]
    return shown


def sarif(report: RunReport, *, failures_only: bool = False) -> dict[str, Any]:
    """
    The log.  `failures_only` is for GitHub's code scanning.
    """
    findings = [
        finding
        for finding in report.findings
        if not failures_only or finding.verdict is Verdict.FAIL
    ]
    result = report.result
    started = datetime.fromisoformat(report.started_at)
    ended = (started + timedelta(seconds=report.duration_s)).strftime("%Y-%m-%dT%H:%M:%SZ")
    status = int(result.exit_status)
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "paywright conformance",
                        "rules": [_rule(finding) for finding in findings],
                    }
                },
                "automationDetails": {"id": f"paywright/{report.profile}/{report.seed}"},
                "invocations": [
                    {
                        # SARIF: whether the tool itself ran well; a target that fails is a good run.
                        "executionSuccessful": status != 2,  # noqa: PLR2004  the suite or the network broke
                        "exitCode": status,
                        "exitCodeDescription": result.sentence,
                        "startTimeUtc": report.started_at,
                        "endTimeUtc": ended,
                    }
                ],
                "results": [_result(report, f, n) for n, f in enumerate(findings)],
                "properties": {
                    "target": report.target,
                    "seed": report.seed,
                    "conformant": result.conformant,
                    "sentence": result.sentence,
                },
            }
        ],
    }
