"""
Reports made by hand, for the tests of renderings.
"""

from collections.abc import Sequence
from typing import Any

from conformance.harness.baseline import Baseline
from conformance.harness.reports.model import Finding, RunReport
from conformance.harness.requirements import Requirement
from conformance.harness.rubric import Rubric
from conformance.harness.verdict import Keyword, Level, Verdict


def exchange(
    method: str = "GET",
    path: str = "/api/v1/orders/order_1",
    *,
    status: int | None = 200,
    body: str = "",
    answer: str = "{}",
    started_s: float = 1_790_000_000.0,
    duration_ms: float = 1.5,
) -> dict[str, Any]:
    """
    An exchange as the evidence has it; `status` None when nothing came back.
    """
    response = {
        "status": status,
        "headers": {"content-type": "application/json"},
        "body": {"text": answer},
    }
    return {
        "request": {
            "method": method,
            "url": f"http://127.0.0.1:8000{path}",
            "headers": {"X-Api-Key": "key", "X-Api-Secret": "[redacted]"},
            "body": {"text": body} if body else {},
        },
        "response": None if status is None else response,
        "started_s": started_s,
        "duration_ms": duration_ms,
        "failure": "ReadTimeout: " if status is None else None,
    }


def finding(
    requirement_id: str = "PGC-ORD-001",
    verdict: Verdict = Verdict.PASS,
    *,
    keyword: Keyword = Keyword.MUST,
    level: Level = Level.CONTRACT,
    reason: str = "because",
    exchanges: Sequence[dict[str, Any]] = (),
    notes: Sequence[dict[str, Any]] = (),
) -> Finding:
    """
    One requirement with a verdict.
    """
    return Finding(
        requirement=Requirement(
            id=requirement_id,
            sentence=f"It {keyword.value} hold.",
            keyword=keyword,
            level=level,
            source="contract 1.5",
            needs=(),
        ),
        verdict=verdict,
        reason="" if verdict is Verdict.PASS else reason,
        duration_s=0.1,
        transcripts=({"case": "test_it", "exchanges": list(exchanges), "notes": list(notes)},),
    )


def report(
    *findings: Finding,
    strict: bool = False,
    baseline: Baseline | None = None,
    rubric: Rubric | None = None,
    target: str = "http://127.0.0.1:8000",
) -> RunReport:
    """
    A run that started on the first of January 2026.
    """
    return RunReport(
        target=target,
        profile="canonical",
        seed="s1",
        strict=strict,
        started_at="2026-01-01T00:00:00Z",
        duration_s=1.0,
        findings=findings,
        baseline=baseline,
        rubric=rubric,
    )
