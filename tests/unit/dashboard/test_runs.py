"""
Reports on disk: found, refused, compared.
"""

from pathlib import Path
from typing import Any

import pytest

from dashboard.divergence import changes, masked, steps
from dashboard.runs import NoSuchRun, evidence, find_run, list_runs
from tests.browser.dashboard.report_folder import write_reports, write_run


def test_runs_are_listed_newest_first_and_broken_ones_named(tmp_path: Path) -> None:
    """
    A folder itself can be a run; a file of something else is said, not shown.
    """
    write_reports(tmp_path)
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "results.json").write_text('{"schema": "other"}', "utf-8")
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "results.json").write_text('{"schema": ', "utf-8")

    runs, problems = list_runs(tmp_path)

    assert [run.name for run in runs] == ["mutant", "good"]
    assert [run.tone for run in runs] == ["failed", "success"]
    assert [problem.split(":")[0] for problem in problems] == ["foreign", "torn"]


def test_the_folder_itself_is_the_latest_run(tmp_path: Path) -> None:
    """
    As `make conformance` writes it.
    """
    write_run(tmp_path / "reports", "33333", refund_status=400)

    assert find_run(tmp_path / "reports", "latest").verdicts["PGC-REF-003"] == "pass"


@pytest.mark.parametrize(
    ("name", "requirement"),
    [("nothing", "PGC-ORD-001"), ("good", "../../results"), ("..", "PGC-ORD-001"), ("good", "PGC-ORD-999"), ("good/../good", "PGC-ORD-001")],
)  # fmt: skip
def test_only_what_is_listed_is_read(tmp_path: Path, name: str, requirement: str) -> None:
    """
    Names of runs and requirements are looked up.
    """
    write_reports(tmp_path)

    with pytest.raises(NoSuchRun):
        evidence(tmp_path, name, requirement)


def test_no_folder_is_no_runs(tmp_path: Path) -> None:
    """
    Before the first run there is nothing, and that is no error.
    """
    assert list_runs(tmp_path / "missing") == ([], [])


def test_verdicts_that_differ(tmp_path: Path) -> None:
    """
    In the order of the report, with both reasons.
    """
    write_reports(tmp_path)
    rows = changes(find_run(tmp_path, "good"), find_run(tmp_path, "mutant"))

    assert [row.requirement_id for row in rows if row.differs] == ["PGC-REF-003"]
    assert rows[-1].reason_after.startswith("expected 400")


def _transcript(*exchanges: tuple[str, str, int, str]) -> dict[str, Any]:
    return {
        "transcripts": [
            {
                "case": "test_it",
                "exchanges": [
                    {
                        "request": {"method": method, "url": url, "headers": {}, "body": {}},
                        "response": {"status": status, "headers": {}, "body": {"text": body}},
                    }
                    for method, url, status, body in exchanges
                ],
            }
        ]
    }


def test_the_first_divergence_is_one_line(tmp_path: Path) -> None:
    """
    Where the status parts; what follows differs but is not first.
    """
    write_reports(tmp_path)
    found = steps(
        evidence(tmp_path, "good", "PGC-REF-003"), evidence(tmp_path, "mutant", "PGC-REF-003")
    )
    first = [(step.number, pair.left) for step in found for pair in step.pairs if pair.is_first]

    assert first == [(2, "← 400")]
    assert [step.differs for step in found] == [False, True]


def test_an_inserted_line_shifts_nothing() -> None:
    """
    Lines are aligned before they are compared.
    """
    left = _transcript(("GET", "http://a/x", 200, '{"a": 1, "c": 3}'))
    right = _transcript(("GET", "http://a/x", 200, '{"a": 1, "b": 2, "c": 3}'))
    (step,) = steps(left, right)

    assert [(pair.left, pair.right) for pair in step.pairs if pair.differs] == [(None, '  "b": 2,')]


def test_polls_count_by_their_last_answer() -> None:
    """
    How often a run asked is luck.
    """
    poll = ("GET", "http://a/pay", 200, '{"status": "pending"}')
    done = ("GET", "http://a/pay", 200, '{"status": "success"}')

    assert not any(step.differs for step in steps(_transcript(poll, poll, done), _transcript(done)))


def test_a_missing_exchange_is_a_divergence() -> None:
    """
    One run stopped earlier.
    """
    one = ("POST", "http://a/x", 200, "{}")
    two = ("POST", "http://a/y", 200, "{}")
    found = steps(_transcript(one, two), _transcript(one))

    assert [step.is_first for step in found] == [False, True]


@pytest.mark.parametrize(
    "text",
    [
        "pay_AAAAAAAAAAAAAAAA", "http://127.0.0.1:41234/x", "2026-01-01T00:00:00.000001Z", "Sat, 21 Nov 2026 06:05:40 GMT",
        "550e8400-e29b-41d4-a716-446655440000", "a" * 64, '"timestamp":1795246553', "v1,kxlDtUGnCvgLawMiMQbxnqDyu5V2f49LPIc4nvPJKE0=",
    ],
)  # fmt: skip
def test_what_always_differs_is_masked(text: str) -> None:
    """
    Ids, ports, instants, digests.
    """
    assert masked(text) != text
    assert masked("amount 50000 status 400") == "amount 50000 status 400"
