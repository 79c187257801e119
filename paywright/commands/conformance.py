"""
`paywright conformance`: the suite's commands, and `self`, which grades the reference gateway in a sandbox of its own.
"""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from paywright.commands.up import USAGE_STATUS
from paywright.launching import SandboxProblem
from paywright.sandbox import Sandbox

#: Short bank delays, so that a run takes seconds; everything else is the sandbox as users have it.
_QUICK = {"TEST_PROCESSING_DELAY": "20", "REFUND_DELAY_MIN": "20", "REFUND_DELAY_MAX": "60"}
_PARTIES = ("bank", "receiver", "api", "worker")


def mount(app: typer.Typer) -> None:
    """
    Add the group to the command line.
    """
    from conformance.cli import app as suite

    suite.command("self")(grade_reference)
    app.add_typer(suite, name="conformance")


def grade_reference(
    only: Annotated[
        str | None, typer.Option(help="Requirement ids to run, with wildcards: PGC-REF-*.")
    ] = None,
    seed: Annotated[str | None, typer.Option(help="Seed of the run.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the reports.")] = Path("reports"),
    strict: Annotated[bool, typer.Option(help="Count SHOULD as MUST.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print results.json instead of the table.")
    ] = False,
) -> None:
    """
    Start a throw-away sandbox on free ports and grade the reference gateway in it.
    """
    try:
        status = asyncio.run(_grade(only=only, seed=seed, out=out, strict=strict, as_json=as_json))
    except SandboxProblem as problem:
        sys.stderr.write(f"paywright: {problem}\n")
        raise typer.Exit(USAGE_STATUS) from problem
    raise typer.Exit(status)


async def _grade(
    *, only: str | None, seed: str | None, out: Path, strict: bool, as_json: bool
) -> int:
    from conformance.cli import grade

    async with Sandbox(ephemeral=True, free_ports=True, parties=_PARTIES, env=_QUICK) as sandbox:
        status = await asyncio.to_thread(
            grade,
            sandbox.urls.api,
            receiver=sandbox.urls.receiver,
            only=only,
            seed=seed,
            out=out,
            strict=strict,
            as_json=as_json,
        )
    return int(status)
