"""
Runs side by side: rows where they differ, what was fixed and what broke, links that stay inside.
"""

import json
from pathlib import Path

import pytest

from conformance.harness.comparing import Change, Comparison, compare
from conformance.harness.reports.files import write
from conformance.harness.reports.matrix import matrix_html
from conformance.harness.reports.model import Finding
from conformance.harness.reports.reading import read_folder
from conformance.harness.verdict import Verdict
from tests.unit.conformance.reporting import finding, report


def _compared(tmp_path: Path, *runs: list[Finding]) -> Comparison:
    folders = []
    for number, findings in enumerate(runs):
        folder = tmp_path / f"run-{number}"
        write(report(*findings), folder)
        folders.append(folder)
    return compare([read_folder(folder) for folder in folders])


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (Verdict.PASS, Verdict.PASS, Change.SAME),
        (Verdict.PASS, Verdict.FAIL, Change.BROKEN),
        (Verdict.DIALECT, Verdict.FAIL, Change.BROKEN),
        (Verdict.FAIL, Verdict.PASS, Change.FIXED),
        (Verdict.FAIL, Verdict.UNTESTED, Change.OTHER),
        (Verdict.PASS, Verdict.UNTESTED, Change.OTHER),
    ],
)
def test_changes_are_named(tmp_path: Path, before: Verdict, after: Verdict, change: Change) -> None:
    """
    A failure that is only not looked at any more is not fixed.
    """
    found = _compared(tmp_path, [finding(verdict=before)], [finding(verdict=after)])

    assert [row.change for row in found.rows] == [change]
    assert found.broken == (("PGC-ORD-001",) if change is Change.BROKEN else ())


def test_rows_are_the_union_of_all_runs(tmp_path: Path) -> None:
    """
    A requirement that one run did not have shows as absent there.
    """
    found = _compared(
        tmp_path,
        [finding("PGC-ORD-001"), finding("PGC-ORD-002")],
        [finding("PGC-ORD-002"), finding("PGC-ORD-003", Verdict.FAIL)],
    )
    document = json.loads(json.dumps(found.document()))

    verdicts = {row["id"]: row["verdicts"] for row in document["requirements"]}
    assert verdicts == {
        "PGC-ORD-001": ["pass", None],
        "PGC-ORD-002": ["pass", "pass"],
        "PGC-ORD-003": [None, "fail"],
    }
    assert [run["name"] for run in document["runs"]] == ["run-0", "run-1"]


def test_page_links_to_each_evidence_and_escapes(tmp_path: Path) -> None:
    """
    Relative links into the runs' own pages; nothing of the target is markup.
    """
    hostile = '<script>alert("x")</script>'
    found = _compared(tmp_path, [finding()], [finding(verdict=Verdict.FAIL, reason=hostile)])
    page = matrix_html(found, tmp_path / "out")

    assert 'href="../run-1/report.html#PGC-ORD-001"' in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "where they differ (1)" in page
