"""
Several runs side by side: one row for each requirement, one column for each run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from conformance.harness.reports.model import Finding
from conformance.harness.reports.reading import StoredRun
from conformance.harness.requirements import Requirement
from conformance.harness.verdict import Verdict

_HOLDS = frozenset({Verdict.PASS, Verdict.DIALECT})


class Change(StrEnum):
    """
    What became of a requirement between the first run and the last.
    """

    SAME = "same"
    FIXED = "fixed"
    BROKEN = "broken"
    OTHER = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    One requirement in every run; None where a run did not have it.
    """

    requirement: Requirement
    findings: tuple[Finding | None, ...]

    @property
    def differs(self) -> bool:
        """
        Whether the runs disagree.
        """
        return len({None if f is None else f.verdict for f in self.findings}) > 1

    @property
    def change(self) -> Change:
        """
        From the first run to the last.
        """
        before, after = (
            None if f is None else f.verdict for f in (self.findings[0], self.findings[-1])
        )
        if before is after:
            return Change.SAME
        if before in _HOLDS and after is Verdict.FAIL:
            return Change.BROKEN
        if before is Verdict.FAIL and after in _HOLDS:
            return Change.FIXED
        return Change.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """
    The matrix.
    """

    names: tuple[str, ...]
    runs: tuple[StoredRun, ...]
    rows: tuple[Row, ...]

    @property
    def broken(self) -> tuple[str, ...]:
        """
        Requirements that held in the first run and fail in the last.
        """
        return tuple(r.requirement.id for r in self.rows if r.change is Change.BROKEN)

    def document(self) -> dict[str, Any]:
        """
        As JSON.
        """
        return {
            "schema": "paywright-comparison/1",
            "runs": [
                {
                    "name": name,
                    "folder": str(run.folder),
                    "target": run.report.target,
                    "profile": run.report.profile,
                    "seed": run.report.seed,
                    "conformant": run.report.result.conformant,
                    "exit_status": int(run.report.result.exit_status),
                    "sentence": run.report.result.sentence,
                    "counts": run.report.result.counts,
                    "marks": run.document.get("marks"),
                }
                for name, run in zip(self.names, self.runs, strict=True)
            ],
            "suites_differ": self.suites_differ,
            "requirements": [
                {
                    "id": row.requirement.id,
                    "sentence": row.requirement.sentence,
                    "verdicts": [None if f is None else f.verdict.value for f in row.findings],
                    "reasons": [None if f is None else f.reason for f in row.findings],
                    "differs": row.differs,
                    "change": row.change.value,
                }
                for row in self.rows
            ],
        }

    @property
    def suites_differ(self) -> bool:
        """
        Whether the runs were made by different suites: then a difference may be the suite's.
        """
        return len({(run.lock or {}).get("suite_sha256") for run in self.runs}) > 1


def compare(runs: Sequence[StoredRun]) -> Comparison:
    """
    Put runs side by side, in their order.
    """
    by_run = [{f.requirement.id: f for f in run.report.findings} for run in runs]
    ids = sorted({requirement_id for found in by_run for requirement_id in found})
    rows = []
    for requirement_id in ids:
        findings = tuple(found.get(requirement_id) for found in by_run)
        newest = next(finding for finding in reversed(findings) if finding is not None)
        rows.append(Row(requirement=newest.requirement, findings=findings))
    return Comparison(names=_names(runs), runs=tuple(runs), rows=tuple(rows))


def _names(runs: Sequence[StoredRun]) -> tuple[str, ...]:
    """
    The folders' names; with more of their path where two are alike.
    """
    found = [run.folder.absolute().name for run in runs]
    return tuple(
        name if found.count(name) == 1 else f"{run.folder.absolute().parent.name}/{name}"
        for name, run in zip(found, runs, strict=True)
    )
