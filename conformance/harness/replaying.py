"""
Runs repros again and says what became of each failure; what a script cannot look at is settled by the suite.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from conformance.harness.profile import Profile

#: Seconds for one script: the longest wait for work in the background is 25 s for each of a few payments.
_SCRIPT_S: Final = 240.0
_VARIABLES: Final = (
    ("key", "API_KEY"),
    ("secret", "API_SECRET"),
    ("other_key", "OTHER_API_KEY"),
    ("other_secret", "OTHER_API_SECRET"),
)


class State(StrEnum):
    """
    What became of a failure.
    """

    FIXED = "FIXED"
    STILL_FAILING = "STILL FAILING"
    CANNOT_SAY = "CANNOT SAY"
    UNREACHABLE = "UNREACHABLE"


_STATES: Final = {
    0: State.FIXED,
    1: State.STILL_FAILING,
    3: State.CANNOT_SAY,
    4: State.UNREACHABLE,
}


class NothingToReplay(Exception):
    """
    There is no repro; the message says where it was looked for.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """
    One repro: its requirement, what became of it, the last line it said, and who said so.
    """

    requirement_id: str
    state: State
    said: str
    by: str


def find_scripts(paths: Sequence[Path]) -> list[Path]:
    """
    Scripts given by name, or all below a folder of reports.  Raises `NothingToReplay`.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_file():
            found.append(path)
            continue
        inside = sorted(path.glob("PGC-*.py")) or sorted((path / "repro").glob("PGC-*.py"))
        if not inside:
            raise NothingToReplay(f"there is no repro in {path}: it is written for what failed")
        found += inside
    return found


def credentials(profile: Profile) -> dict[str, str]:
    """
    The environment of a script.
    """
    auth = profile.auth
    return {variable: auth[name] for name, variable in _VARIABLES if auth.get(name)}


def replay(
    script: Path,
    *,
    target: str | None,
    environ: dict[str, str],
    settle: Callable[[str], tuple[State, str]] | None,
) -> Replayed:
    """
    Run one script; when it cannot say, `settle` asks the suite about the requirement.
    """
    arguments = [sys.executable, "-I", str(script), *(["--target", target] if target else [])]
    try:
        ended = subprocess.run(  # noqa: S603  a script of ours, as an argument list
            arguments,
            env={**os.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_SCRIPT_S,
            check=False,
        )
        lines = ended.stdout.decode("utf-8", "replace").strip().splitlines() or [""]
        state, said = _STATES.get(ended.returncode, State.CANNOT_SAY), lines[-1]
    except subprocess.TimeoutExpired:
        state, said = State.CANNOT_SAY, f"CANNOT SAY: the script took more than {_SCRIPT_S:.0f} s"
    by = "script"
    if state is State.CANNOT_SAY and settle is not None:
        state, said = settle(script.stem)
        by = "suite"
    return Replayed(requirement_id=script.stem, state=state, said=said, by=by)
