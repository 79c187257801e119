"""
What a run was asked for.
"""

from dataclasses import dataclass
from pathlib import Path

from conformance.harness.baseline import Baseline
from conformance.harness.channels.settings import NO_CHANNELS, Channels
from conformance.harness.profile import Profile
from conformance.harness.rubric import Rubric


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
    baseline: Baseline | None = None
    rubric: Rubric | None = None
    channels: Channels = NO_CHANNELS
