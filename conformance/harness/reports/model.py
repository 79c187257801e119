"""
What a run found, before it is rendered.
"""

from dataclasses import dataclass, field
from typing import Any

from conformance.harness.requirements import Requirement
from conformance.harness.verdict import Graded, Result, Verdict, conclude


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One requirement: verdict, reason, how long it took, the transcript of every variant.
    """

    requirement: Requirement
    verdict: Verdict
    reason: str
    duration_s: float
    transcripts: tuple[dict[str, Any], ...] = ()

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


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """
    A whole run.
    """

    target: str
    profile: str
    seed: str
    strict: bool
    started_at: str
    duration_s: float
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = field(default_factory=tuple)

    @property
    def result(self) -> Result:
        """
        The one verdict that every rendering shows.
        """
        return conclude((finding.graded for finding in self.findings), strict=self.strict)
