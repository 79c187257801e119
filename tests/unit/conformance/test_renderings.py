"""
N1: every rendering of a run says the same, whatever the verdicts are; none of them calls a skip a pass.
"""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from conformance.harness.baseline import Baseline, KnownFinding
from conformance.harness.reports.documents import results_document
from conformance.harness.reports.files import renderings, write
from conformance.harness.reports.model import Finding, RunReport
from conformance.harness.reports.reading import BadReport, read_folder
from conformance.harness.reports.terminal import render
from conformance.harness.verdict import Keyword, Level, Verdict, conclude
from tests.unit.conformance.reporting import exchange, finding, report

DAYS = st.sampled_from([date(2025, 12, 31), date(2026, 1, 1), date(2030, 1, 1)])


@st.composite
def runs(draw: st.DrawFn) -> RunReport:
    """
    A run of up to ten requirements, some of them in a baseline.
    """
    shapes = st.tuples(st.sampled_from(Verdict), st.sampled_from(Keyword), st.sampled_from(Level))
    findings = tuple(
        finding(f"PGC-ORD-{n:03d}", verdict, keyword=keyword, level=level, exchanges=[exchange()])
        for n, (verdict, keyword, level) in enumerate(draw(st.lists(shapes, max_size=10)))
    )
    ids = [f.requirement.id for f in findings]
    known = draw(st.lists(st.sampled_from(ids), unique=True, max_size=3)) if ids else []
    entries = tuple(
        KnownFinding(requirement_id=one, reason="filed", expires=draw(DAYS)) for one in known
    )
    baseline = Baseline(path="b.toml", findings=entries) if entries else None
    return report(*findings, strict=draw(st.booleans()), baseline=baseline)


def _terminal(run: RunReport) -> str:
    out = io.StringIO()
    render(run, Console(file=out, width=400), Path("reports"))
    return out.getvalue()


def _said(run: RunReport) -> dict[str, tuple[str, int | None, bool | None]]:
    """
    Sentence, exit status and `conformant` as each rendering has them; None where a format has no place for one.
    """
    files = renderings(run)
    results = json.loads(files["results.json"])
    summary = json.loads(files["summary.json"])
    ctrf = json.loads(files["ctrf.json"])["results"]["extra"]
    log = json.loads(files["report.sarif"])["runs"][0]
    github = json.loads(files["failures.sarif"])["runs"][0]
    suite = ET.fromstring(files["junit.xml"]).find("testsuite")  # noqa: S314  our own XML
    assert suite is not None
    junit = {p.get("name"): p.get("value") for p in suite.findall("properties/property")}
    sentence = run.result.sentence
    page, lines = files["report.html"].decode(), _terminal(run).splitlines()
    first = files["summary.md"].decode().splitlines()[0]
    return {
        "results.json": (results["sentence"], results["exit_status"], results["conformant"]),
        "summary.json": (summary["sentence"], None, summary["conformant"]),
        "junit.xml": (
            str(junit["sentence"]),
            int(junit["exit_status"] or 9),
            junit["conformant"] == "true",
        ),
        "ctrf.json": (ctrf["sentence"], ctrf["exitStatus"], ctrf["conformant"]),
        "report.sarif": _sarif(log),
        "failures.sarif": _sarif(github),
        "transcript.har": (json.loads(files["transcript.har"])["log"]["comment"], None, None),
        "summary.md": (first.removeprefix("## "), None, None),
        "report.html": (
            sentence if f">{sentence}</h1>" in page else page[:500],
            None,
            '<h1 class="green">' in page,
        ),
        "terminal": (sentence if sentence in lines else "\n".join(lines), None, None),
    }


def _sarif(log: dict[str, Any]) -> tuple[str, int, bool]:
    invocation = log["invocations"][0]
    return (
        invocation["exitCodeDescription"],
        invocation["exitCode"],
        log["properties"]["conformant"],
    )


@settings(max_examples=40, deadline=None)
@given(runs())
def test_every_rendering_says_the_same(run: RunReport) -> None:
    """
    Ten renderings, one verdict.
    """
    result = run.result

    for name, (sentence, status, conformant) in _said(run).items():
        assert sentence == result.sentence, name
        assert status in (None, int(result.exit_status)), name
        assert conformant in (None, result.conformant), name


@settings(max_examples=40, deadline=None)
@given(runs())
def test_no_rendering_counts_a_skip_as_a_pass(run: RunReport) -> None:
    """
    As many passes in JUnit, CTRF and SARIF as verdicts that are one.
    """
    files = renderings(run)
    passed = sum(f.verdict in (Verdict.PASS, Verdict.DIALECT) for f in run.findings)
    failed = sum(f.verdict is Verdict.FAIL for f in run.findings)
    ctrf = json.loads(files["ctrf.json"])["results"]["summary"]
    sarif = json.loads(files["report.sarif"])["runs"][0]["results"]
    suite = ET.fromstring(files["junit.xml"]).find("testsuite")  # noqa: S314  our own XML
    assert suite is not None
    counts = {
        name: int(suite.get(name) or 0) for name in ("tests", "failures", "errors", "skipped")
    }

    assert ctrf["passed"] == passed
    assert ctrf["failed"] == failed
    assert counts["tests"] - counts["failures"] - counts["errors"] - counts["skipped"] == passed
    assert sum(r["kind"] in ("pass", "informational") for r in sarif) == passed
    assert all((r["level"] == "none") == (r["kind"] != "fail") for r in sarif)
    github = json.loads(files["failures.sarif"])["runs"][0]["results"]
    assert [r["kind"] for r in github] == ["fail"] * failed


@settings(max_examples=40, deadline=None)
@given(runs())
def test_a_baseline_never_makes_conformant(run: RunReport) -> None:
    """
    With a baseline a run is conformant only if it is without; what is known and still open is never green.
    """
    graded = [f.graded for f in run.findings]
    bare = conclude(graded, strict=run.strict)

    assert bare.conformant or not run.result.conformant
    if any(
        f.verdict is Verdict.UNTESTED and f.requirement.keyword is Keyword.MUST
        for f in run.findings
    ):
        assert int(run.result.exit_status) != 0


@settings(max_examples=40, deadline=None)
@given(runs())
def test_what_is_written_can_be_read_back(run: RunReport) -> None:
    """
    The stored run has the same verdict, and a document changed by hand is refused.
    """
    document = json.loads(json.dumps(results_document(run)))

    from conformance.harness.reports.reading import read_document

    stored = read_document(document, Path(), with_evidence=False)

    assert stored.report.result == run.result
    document["conformant"] = not document["conformant"]
    with pytest.raises(BadReport, match="conformant says"):
        read_document(document, Path(), with_evidence=False)


def _folder(tmp_path: Path, *findings: Finding) -> Path:
    write(report(*findings), tmp_path)
    return tmp_path


def test_partial_reports_are_refused(tmp_path: Path) -> None:
    """
    A missing evidence file, evidence of another verdict, and a file cut in two.
    """
    folder = _folder(tmp_path, finding("PGC-ORD-001"), finding("PGC-ORD-002", Verdict.FAIL))
    evidence = folder / "results" / "PGC-ORD-002.json"
    whole = evidence.read_text()
    assert read_folder(folder).report.result.exit_status == 1

    evidence.write_text(whole.replace('"fail"', '"pass"'))
    with pytest.raises(BadReport, match="does not belong to"):
        read_folder(folder)
    evidence.unlink()
    with pytest.raises(BadReport, match="cannot be read"):
        read_folder(folder)
    evidence.write_text(whole[:100])
    with pytest.raises(BadReport, match="is not JSON"):
        read_folder(folder)


def test_evidence_of_an_earlier_run_is_removed(tmp_path: Path) -> None:
    """
    Two runs into one folder leave the second.
    """
    _folder(tmp_path, finding("PGC-ORD-001"), finding("PGC-ORD-002"))
    _folder(tmp_path, finding("PGC-ORD-002"))

    assert [path.name for path in (tmp_path / "results").iterdir()] == ["PGC-ORD-002.json"]


def test_har_has_every_exchange_and_says_when_nothing_came() -> None:
    """
    One entry for each exchange, in order of time; no answer is status 0 with the reason.
    """
    first = exchange(
        "POST", "/api/v1/orders?x=1", status=201, body='{"a":1}', started_s=1_790_000_000.5
    )
    silent = exchange(status=None, started_s=1_790_000_000.0)
    run = report(finding(exchanges=[first, silent]))
    log = json.loads(renderings(run)["transcript.har"])["log"]

    assert [entry["response"]["status"] for entry in log["entries"]] == [0, 201]
    assert log["entries"][0]["response"]["comment"] == "no answer: ReadTimeout: "
    assert log["entries"][1]["request"]["queryString"] == [{"name": "x", "value": "1"}]
    assert log["entries"][1]["request"]["postData"]["text"] == '{"a":1}'
    assert [page["id"] for page in log["pages"]] == ["PGC-ORD-001"]


def test_junit_carries_what_xml_cannot() -> None:
    """
    A target that answers control characters does not break the file.
    """
    run = report(finding(verdict=Verdict.FAIL, reason="got \x00\x1b[31m\ufffe"))
    failure = ET.fromstring(renderings(run)["junit.xml"]).find(".//failure")  # noqa: S314  our own XML

    assert failure is not None
    assert failure.get("message") == "got \\x00\\x1b[31m\\ufffe"


def test_markdown_takes_nothing_for_markup() -> None:
    """
    Links, images, tags, mentions and table cells of the target stay text.
    """
    hostile = "![x](http://evil) <img src=x> @team | `a` \n# title"
    page = renderings(report(finding(verdict=Verdict.FAIL, reason=hostile)))["summary.md"].decode()
    row = next(line for line in page.splitlines() if "evil" in line)

    assert row.replace("\\|", "").count("|") == 5
    assert "\\!" in row or "!\\[x\\]" in row
    assert "\\<img" in row
    assert "@team" not in row
