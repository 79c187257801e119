"""
`paywright replay`: what became of the failures of an earlier run.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from paywright.commands.up import USAGE_STATUS

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.harness.replaying import Replayed, State

_STILL_FAILING_STATUS, _INCOMPLETE_STATUS, _UNREACHABLE_STATUS = 1, 3, 4


def replay(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Scripts, or folders of reports; default reports.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="Another address of the gateway than before.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="The target's profile; default that of the run.")
    ] = None,
    only_scripts: Annotated[
        bool, typer.Option(help="Do not ask the suite about what a script cannot look at.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """
    Play failures again: FIXED or STILL FAILING.  Exit status 0 when all are fixed, 1 when one still fails, 3 when one cannot be told.
    """
    from conformance.harness.profile import BadProfile, load_profile
    from conformance.harness.replaying import (
        NothingToReplay,
        credentials,
        find_scripts,
    )
    from conformance.harness.replaying import (
        replay as play,
    )

    try:
        scripts = find_scripts(paths or [Path("reports")])
        found = []
        for script in scripts:
            run = _run_of(script)
            name = profile or str(run.get("profile", "canonical"))
            environ = credentials(load_profile(name))
            address = target or str(run.get("target", ""))
            settle = None if only_scripts or not address else _suite(address, name)
            done = play(script, target=target, environ=environ, settle=settle)
            found.append(done)
            if not as_json:
                _show(done)
    except (NothingToReplay, BadProfile) as problem:
        sys.stderr.write(f"paywright: {problem}\n")
        raise typer.Exit(USAGE_STATUS) from problem
    if as_json:
        rows = [
            {"id": r.requirement_id, "state": r.state.value, "said": r.said, "by": r.by}
            for r in found
        ]
        sys.stdout.write(json.dumps(rows) + "\n")
    raise typer.Exit(_status([r.state.value for r in found]))


def _run_of(script: Path) -> dict[str, Any]:
    """
    The `results.json` that a script belongs to; empty when it stands alone.
    """
    results = script.absolute().parent.parent / "results.json"
    try:
        document = json.loads(results.read_bytes())
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def _suite(target: str, profile: str) -> "Callable[[str], tuple[State, str]]":
    """
    Grades one requirement with the suite.
    """
    from conformance.cli import grade
    from conformance.harness.replaying import State

    def settle(requirement_id: str) -> "tuple[State, str]":
        with tempfile.TemporaryDirectory() as folder:
            grade(target, profile=profile, only=requirement_id, out=Path(folder), quiet=True)
            run = _run_of(Path(folder) / "repro" / "x.py")
        rows = run.get("requirements") or [{"verdict": "error", "reason": "the suite did not run"}]
        verdict, reason = str(rows[0]["verdict"]), str(rows[0]["reason"])
        state = {"fail": State.STILL_FAILING, "pass": State.FIXED, "dialect": State.FIXED}.get(
            verdict, State.CANNOT_SAY
        )
        return state, f"{state.value}: {verdict} {reason}".strip()

    return settle


def _show(done: "Replayed") -> None:
    said = done.said.removeprefix(done.state.value).removeprefix(":").strip()
    sys.stdout.write(f"{done.requirement_id}  {done.state.value:13}  {said} ({done.by})\n")
    sys.stdout.flush()


def _status(states: list[str]) -> int:
    if "STILL FAILING" in states:
        return _STILL_FAILING_STATUS
    if "UNREACHABLE" in states:
        return _UNREACHABLE_STATUS
    return _INCOMPLETE_STATUS if "CANNOT SAY" in states else 0
