"""
Baselines: what is known does not fail, what is new, mended or out of time does.
"""

from datetime import date
from pathlib import Path

import pytest

from conformance.harness.baseline import BadBaseline, Baseline, KnownFinding, load_baseline
from conformance.harness.verdict import ExitStatus, Result, Verdict
from tests.unit.conformance.reporting import finding, report

GOOD = '[[finding]]\nid = "PGC-ORD-002"\nreason = "ticket 7"\nexpires = 2026-01-01\n'


def _baseline(expires: date) -> Baseline:
    entry = KnownFinding(requirement_id="PGC-ORD-002", reason="ticket 7", expires=expires)
    return Baseline(path="b.toml", findings=(entry,))


def _result(verdict: Verdict, expires: date, *more: Verdict) -> Result:
    findings = [finding("PGC-ORD-001"), finding("PGC-ORD-002", verdict)]
    findings += [finding(f"PGC-ORD-{n:03d}", one) for n, one in enumerate(more, 3)]
    return report(*findings, baseline=_baseline(expires)).result


def test_a_known_failure_does_not_fail_and_is_not_conformant() -> None:
    """
    Exit status 0 with a sentence that does not call it conformant; the last day counts.
    """
    result = _result(Verdict.FAIL, date(2026, 1, 1))

    assert result.exit_status is ExitStatus.CONFORMANT
    assert result.conformant is False
    assert result.known == ("PGC-ORD-002",)
    assert result.sentence.startswith("not conformant, but nothing new: 1 of 2")


def test_a_new_failure_beside_a_known_one_fails() -> None:
    """
    The count is of the new ones.
    """
    result = _result(Verdict.FAIL, date(2030, 1, 1), Verdict.FAIL)

    assert result.exit_status is ExitStatus.MUST_FAILED
    assert result.sentence == "not conformant: 1 of 3 binding requirements failed (and 1 known)"


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.DIALECT, Verdict.NOT_APPLICABLE])
def test_an_unexpected_pass_fails(verdict: Verdict) -> None:
    """
    With one clear line.
    """
    result = _result(verdict, date(2030, 1, 1))

    assert result.exit_status is ExitStatus.MUST_FAILED
    assert result.complaints == (
        f"PGC-ORD-002: expected to fail (ticket 7), found {verdict.value}; take it out of the baseline",
    )


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.PASS])
def test_an_expired_entry_fails(verdict: Verdict) -> None:
    """
    Whatever became of the requirement.
    """
    result = _result(verdict, date(2025, 12, 31))

    assert result.exit_status is ExitStatus.MUST_FAILED
    assert "known until 2025-12-31, which has passed" in result.complaints[0]
    assert result.known == ()


@pytest.mark.parametrize(
    ("verdict", "status"),
    [(Verdict.UNTESTED, 3), (Verdict.BLOCKED, 3), (Verdict.ERROR, 2)],
    ids=["untested", "blocked", "error"],
)
def test_what_was_not_looked_at_is_not_excused(verdict: Verdict, status: int) -> None:
    """
    A baseline is about failures.
    """
    assert int(_result(verdict, date(2030, 1, 1)).exit_status) == status


def test_good_files_are_read(tmp_path: Path) -> None:
    """
    Id, reason and day.
    """
    path = tmp_path / "known.toml"
    path.write_text(GOOD)

    assert load_baseline(path).findings == _baseline(date(2026, 1, 1)).findings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("reason", "because"), "finding 1: expected"),
        (GOOD.replace("2026-01-01", '"soon"'), "expires must be a day"),
        (GOOD.replace('"ticket 7"', '" "'), "reason must be a text"),
        (GOOD + GOOD, "stands there twice"),
        ("[known]\n", "expected"),
        ("finding = 7\n", "expected"),
        ("[[finding\n", "is not TOML"),
    ],
    ids=["member", "day", "empty", "twice", "section", "number", "toml"],
)
def test_bad_files_are_refused_with_a_line(tmp_path: Path, text: str, message: str) -> None:
    """
    The message names the file.
    """
    path = tmp_path / "known.toml"
    path.write_text(text)

    with pytest.raises(BadBaseline, match=message) as problem:
        load_baseline(path)

    assert str(path) in str(problem.value)
    assert "\n" not in str(problem.value)


def test_unknown_ids_and_missing_files_are_refused(tmp_path: Path) -> None:
    """
    A typing mistake in an id would excuse nothing for ever.
    """
    with pytest.raises(BadBaseline, match="no requirement PGC-ORD-002"):
        _baseline(date(2030, 1, 1)).check_ids({"PGC-ORD-001"})
    with pytest.raises(BadBaseline, match="cannot be read"):
        load_baseline(tmp_path / "none.toml")
