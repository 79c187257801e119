"""
The HTML report: one verdict for all renderings, every requirement, nothing of the target's taken for markup.
"""

import re

import pytest

from conformance.harness.reports.model import Finding, RunReport
from conformance.harness.reports.page import html
from conformance.harness.requirements import Requirement
from conformance.harness.verdict import Keyword, Level, Verdict

HOSTILE = "<script>alert(1)</script>"


def _finding(verdict: Verdict, number: int) -> Finding:
    requirement = Requirement(
        id=f"PGC-ORD-{number:03}",
        sentence="An order MUST have an id.",
        keyword=Keyword.MUST,
        level=Level.CONTRACT,
        source="contract 1.5.1",
        needs=(),
    )
    message = {"method": "GET", "url": "http://t/x", "headers": {"A": HOSTILE}, "body": {}}
    answer = {"status": 500, "headers": {HOSTILE: "b"}, "body": {"text": HOSTILE}}
    exchanges = [
        {"request": message, "response": answer, "duration_ms": 1.5, "failure": None},
        {
            "request": {**message, "method": "POST"},
            "response": None,
            "duration_ms": 2.0,
            "failure": HOSTILE,
        },
    ]
    transcript = {"case": HOSTILE, "exchanges": exchanges, "notes": [{"n": HOSTILE}]}
    return Finding(
        requirement=requirement,
        verdict=verdict,
        reason=HOSTILE,
        duration_s=0.1,
        transcripts=(transcript,),
    )


def _page(*verdicts: Verdict) -> str:
    findings = tuple(_finding(verdict, number) for number, verdict in enumerate(verdicts, 1))
    report = RunReport(
        target=HOSTILE,
        profile="canonical",
        seed="s1",
        strict=False,
        started_at="2026-01-01T00:00:00Z",
        duration_s=1.0,
        findings=findings,
        notes=(HOSTILE,),
    )
    return html(report)


def test_nothing_the_target_said_is_markup() -> None:
    """
    Target, reason, headers, bodies, failures and notes are escaped; the page has no script and fetches nothing.
    """
    page = _page(*Verdict)

    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 8 * len(Verdict)
    assert re.search(r"\bsrc=|url\(|@import|href=\"[^#]", page) is None


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_is_shown_counted_and_can_be_filtered(verdict: Verdict) -> None:
    """
    Article, count beside the filter, and the rule behind it.
    """
    page = _page(verdict, verdict)

    assert page.count(f'<article class="{verdict.value} ') == 2
    assert f'id="show-{verdict.value}"> {verdict.value} (2)' in page
    assert f"body:has(#show-{verdict.value}:checked)" in page


def test_headline_is_the_runs_sentence() -> None:
    """
    An untested MUST is not green here either.
    """
    assert '<h1 class="amber">incomplete: 1 of 2' in _page(Verdict.PASS, Verdict.UNTESTED)
    assert '<h1 class="green">conformant: all 1' in _page(Verdict.PASS)
    assert '<h1 class="red">not conformant: 1' in _page(Verdict.PASS, Verdict.FAIL)
