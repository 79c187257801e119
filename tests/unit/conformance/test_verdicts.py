"""
The verdict algebra: no renderer can disagree, nothing untested is green.
"""

from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.harness.reports.documents import results_document
from conformance.harness.reports.junit import junit
from conformance.harness.reports.model import Finding, RunReport
from conformance.harness.requirements import Requirement
from conformance.harness.verdict import ExitStatus, Graded, Keyword, Level, Verdict, conclude, worst

GRADED = st.builds(
    Graded,
    requirement_id=st.just("PGC-ORD-001"),
    keyword=st.sampled_from(Keyword),
    level=st.sampled_from(Level),
    verdict=st.sampled_from(Verdict),
)
GREEN = {Verdict.PASS, Verdict.DIALECT, Verdict.NOT_APPLICABLE}


@settings(deadline=None)
@given(st.lists(GRADED, max_size=12))
def test_conformant_means_every_must_was_looked_at_and_holds(graded: list[Graded]) -> None:
    """
    N1: never true while a MUST is untested, blocked or in error, and never without a pass.
    """
    result = conclude(graded)
    musts = [g.verdict for g in graded if g.keyword is Keyword.MUST]

    assert result.conformant == (set(musts) <= GREEN and Verdict.PASS in musts)
    assert result.conformant == (result.exit_status is ExitStatus.CONFORMANT)
    assert (result.exit_status is ExitStatus.MUST_FAILED) == (Verdict.FAIL in musts)


@settings(deadline=None)
@given(st.lists(GRADED, min_size=1, max_size=12))
def test_strict_is_never_kinder(graded: list[Graded]) -> None:
    """
    SHOULD counted as MUST can only make it worse.
    """
    assert conclude(graded).conformant or not conclude(graded, strict=True).conformant


@settings(deadline=None)
@given(st.lists(GRADED, min_size=1, max_size=8))
def test_every_rendering_says_the_same(graded: list[Graded]) -> None:
    """
    JSON and JUnit take the verdict from one function; a skip is never a pass.
    """
    findings = tuple(_finding(f"PGC-ORD-{n:03d}", g) for n, g in enumerate(graded))
    report = RunReport(
        target="http://t",
        profile="p",
        seed="s",
        strict=False,
        started_at="now",
        duration_s=1.0,
        findings=findings,
    )
    document = results_document(report)
    suite = ET.fromstring(junit(report)).find("testsuite")  # noqa: S314  our own XML
    assert suite is not None

    assert document["conformant"] == conclude(graded).conformant
    conformant = [p.get("value") for p in suite.iter("property") if p.get("name") == "conformant"]
    assert conformant == [str(document["conformant"]).lower()]
    passed = len(graded) - sum(
        int(suite.get(name) or 0) for name in ("failures", "errors", "skipped")
    )
    assert passed == sum(g.verdict in (Verdict.PASS, Verdict.DIALECT) for g in graded)


def test_removing_a_check_from_a_green_run_is_incomplete() -> None:
    """
    A requirement that did not run is untested.
    """
    green = [_graded(Verdict.PASS), _graded(Verdict.PASS)]

    assert conclude(green).exit_status is ExitStatus.CONFORMANT
    assert conclude([*green, _graded(worst([]))]).exit_status is ExitStatus.INCOMPLETE
    assert conclude([]).exit_status is ExitStatus.INCOMPLETE


def test_the_worst_variant_counts() -> None:
    """
    One failing variant fails the requirement.
    """
    assert worst([Verdict.PASS, Verdict.FAIL, Verdict.UNTESTED]) is Verdict.FAIL
    assert worst([Verdict.PASS, Verdict.UNTESTED]) is Verdict.UNTESTED
    assert worst([Verdict.PASS, Verdict.NOT_APPLICABLE]) is Verdict.PASS


def _graded(verdict: Verdict) -> Graded:
    return Graded(
        requirement_id="PGC-ORD-001", keyword=Keyword.MUST, level=Level.CONTRACT, verdict=verdict
    )


def _finding(requirement_id: str, graded: Graded) -> Finding:
    requirement = Requirement(
        id=requirement_id,
        sentence="It MUST.",
        keyword=graded.keyword,
        level=graded.level,
        source="here",
        needs=(),
    )
    return Finding(
        requirement=requirement, verdict=graded.verdict, reason="because", duration_s=0.1
    )
