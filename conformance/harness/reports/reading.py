"""
Reads a run's reports back.  A partial or inconsistent report is refused: nobody compares, replays or signs half a run.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from conformance.harness.baseline import Baseline, KnownFinding
from conformance.harness.reports.documents import SCHEMA
from conformance.harness.reports.model import Finding, RunReport
from conformance.harness.requirements import Requirement
from conformance.harness.verdict import Keyword, Level, Verdict

_TOLD: Final = ("conformant", "exit_status", "sentence", "counts", "known", "complaints")


class BadReport(ValueError):
    """
    A folder's report cannot be used; the message names the file and what is wrong with it.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """
    A run that was read back: the report, and the documents as they stand in the files.
    """

    folder: Path
    report: RunReport
    document: dict[str, Any]
    lock: dict[str, Any] | None


def _load(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise BadReport(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise BadReport(f"{path} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise BadReport(f"{path}: expected a JSON object")
    return document


def _finding(raw: dict[str, Any], evidence: dict[str, Any] | None) -> Finding:
    requirement = Requirement(
        id=raw["id"],
        sentence=raw["sentence"],
        keyword=Keyword(raw["keyword"]),
        level=Level(raw["level"]),
        source=raw["source"],
        needs=(),
    )
    return Finding(
        requirement=requirement,
        verdict=Verdict(raw["verdict"]),
        reason=str(raw["reason"]),
        duration_s=float(raw["duration_s"]),
        transcripts=tuple(evidence["transcripts"]) if evidence else (),
        repro=raw.get("repro"),
    )


def _baseline(document: dict[str, Any], path: Path) -> Baseline | None:
    findings = tuple(
        KnownFinding(
            requirement_id=raw["id"],
            reason=raw["reason"],
            expires=date.fromisoformat(raw["expires"]),
            link=raw["link"],
        )
        for raw in document["baseline"]
    )
    return Baseline(path=str(path), findings=findings) if findings else None


def _rebuilt(document: dict[str, Any], folder: Path, *, with_evidence: bool) -> RunReport:
    findings = []
    for raw in document["requirements"]:
        evidence = _load(folder / raw["evidence"]) if with_evidence else None
        if evidence is not None and any(
            evidence.get(name) != raw[name] for name in ("id", "verdict", "reason")
        ):
            raise BadReport(
                f"{folder / raw['evidence']} does not belong to results.json: its verdict or reason differs"
            )
        findings.append(_finding(raw, evidence))
    return RunReport(
        target=document["target"],
        profile=document["profile"],
        seed=document["seed"],
        strict=document["strict"],
        started_at=document["started_at"],
        duration_s=float(document["duration_s"]),
        findings=tuple(findings),
        notes=tuple(document["notes"]),
        baseline=_baseline(document, folder / "results.json"),
    )


def read_document(
    document: dict[str, Any], folder: Path, *, with_evidence: bool = True
) -> StoredRun:
    """
    A run from its `results.json`.  The verdict is computed again and must be the one that stands there.  Raises `BadReport`.
    """
    path = folder / "results.json"
    if document.get("schema") != SCHEMA:
        raise BadReport(f"{path}: expected schema {SCHEMA}, found {document.get('schema')!r}")
    try:
        report = _rebuilt(document, folder, with_evidence=with_evidence)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, BadReport):
            raise
        raise BadReport(f"{path} is not a whole report: {type(error).__name__} {error}") from error
    result = report.result
    computed = {
        "conformant": result.conformant,
        "exit_status": int(result.exit_status),
        "sentence": result.sentence,
        "counts": result.counts,
        "known": list(result.known),
        "complaints": list(result.complaints),
    }
    wrong = next((name for name in _TOLD if document.get(name) != computed[name]), None)
    if wrong is not None:
        raise BadReport(
            f"{path}: {wrong} says {document.get(wrong)!r}, but its verdicts make it {computed[wrong]!r}"
        )
    lock_path = folder / "run.lock"
    lock = _load(lock_path) if with_evidence and lock_path.is_file() else None
    return StoredRun(folder=folder, report=report, document=document, lock=lock)


def read_folder(folder: Path) -> StoredRun:
    """
    A run from its folder, evidence included.  Raises `BadReport`.
    """
    return read_document(_load(folder / "results.json"), folder)
