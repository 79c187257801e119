"""
What a run was asked for.
"""

from dataclasses import dataclass
from pathlib import Path

from conformance.harness.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """
    One run.  `receiver_address` is the receiver as the target sees it.
    """

    target: str
    profile: Profile
    receiver: str | None
    receiver_address: str | None
    only: str | None
    seed: str
    out: Path
    strict: bool
    quiet: bool
