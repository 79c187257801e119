"""
What a run found, before it is rendered.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from conformance.harness.baseline import Baseline
from conformance.harness.lock import RunLock
from conformance.harness.requirements import Requirement
from conformance.harness.rubric import Rubric
from conformance.harness.verdict import Graded, Keyword, Result, Verdict, conclude


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One requirement: verdict, reason, how long it took, the transcript of every variant.  `repro` is the path of the file that shows a failure again,
    `script` its text where it is still to be written.
    """

    requirement: Requirement
    verdict: Verdict
    reason: str
    duration_s: float
    transcripts: tuple[dict[str, Any], ...] = ()
    repro: str | None = None
    script: str | None = None

    @property
    def graded(self) -> Graded:
        """
        What the verdict algebra looks at.
        """
        return Graded(
            requirement_id=self.requirement.id,
            keyword=self.requirement.keyword,
            level=self.requirement.level,
            verdict=self.verdict,
        )

    def is_warning(self, *, strict: bool) -> bool:
        """
        A SHOULD that failed, unless SHOULD counts as MUST.
        """
        binding = self.requirement.keyword is Keyword.MUST or (
            strict and self.requirement.keyword is Keyword.SHOULD
        )
        return self.verdict is Verdict.FAIL and not binding


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """
    A whole run.  `baseline` are the findings that were known before, `rubric` is how marks are given, `lock` is what repeats the run,
    `transcript` the normalised transcript whose hash stands in it, where it was made already.
    """

    target: str
    profile: str
    seed: str
    strict: bool
    started_at: str
    duration_s: float
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = field(default_factory=tuple)
    baseline: Baseline | None = None
    rubric: Rubric | None = None
    lock: RunLock | None = None
    transcript: bytes | None = None

    @cached_property
    def result(self) -> Result:
        """
        The one verdict that every rendering shows.
        """
        known = () if self.baseline is None else self.baseline.on(self.started_at)
        return conclude(
            (finding.graded for finding in self.findings), strict=self.strict, known=known
        )
