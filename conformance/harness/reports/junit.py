"""
JUnit XML, for every CI.
"""

from xml.etree import ElementTree as ET

from conformance.harness.reports.model import Finding, RunReport
from conformance.harness.verdict import Verdict

_LOOKED_AT = (Verdict.PASS, Verdict.DIALECT)


def _xml(text: str) -> str:
    """
    Text that XML 1.0 can carry: control characters of the target's answers are shown as escapes.
    """
    return "".join(
        c if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000"
        else ascii(c)[1:-1]
        for c in text
    )  # fmt: skip


def junit(report: RunReport) -> bytes:
    """
    One suite.  A requirement that was not looked at is `skipped` with its reason and never counts as passed.
    """
    verdicts = [finding.verdict for finding in report.findings]
    failures = sum(verdict is Verdict.FAIL for verdict in verdicts)
    errors = sum(verdict is Verdict.ERROR for verdict in verdicts)
    passed = sum(verdict in _LOOKED_AT for verdict in verdicts)
    result = report.result
    suite = ET.Element(
        "testsuite",
        name="paywright conformance",
        tests=str(len(verdicts)),
        failures=str(failures),
        errors=str(errors),
        skipped=str(len(verdicts) - failures - errors - passed),
        time=f"{report.duration_s:.3f}",
        timestamp=report.started_at,
    )
    _properties(
        suite,
        {
            "target": report.target,
            "profile": report.profile,
            "seed": report.seed,
            "conformant": str(result.conformant).lower(),
            "exit_status": str(int(result.exit_status)),
            "sentence": result.sentence,
            **{f"complaint {n}": line for n, line in enumerate(result.complaints, 1)},
        },
    )
    suite.extend(_testcase(finding) for finding in report.findings)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _properties(parent: ET.Element, values: dict[str, str]) -> None:
    properties = ET.SubElement(parent, "properties")
    for name, value in values.items():
        ET.SubElement(properties, "property", name=name, value=_xml(value))


def _testcase(finding: Finding) -> ET.Element:
    requirement = finding.requirement
    case = ET.Element(
        "testcase",
        classname=f"PGC-{requirement.group}",
        name=f"{requirement.id} {requirement.sentence}",
        time=f"{finding.duration_s:.3f}",
    )
    _properties(
        case,
        {
            "level": requirement.level.value,
            "keyword": requirement.keyword.value,
            "verdict": finding.verdict.value,
            "evidence": f"results/{requirement.id}.json",
            **({"repro": finding.repro} if finding.repro else {}),
        },
    )
    reason = _xml(finding.reason)
    if finding.verdict is Verdict.FAIL:
        ET.SubElement(case, "failure", message=reason)
    elif finding.verdict is Verdict.ERROR:
        ET.SubElement(case, "error", message=reason)
    elif finding.verdict not in _LOOKED_AT:
        ET.SubElement(case, "skipped", message=f"{finding.verdict.value}: {reason}")
    return case
