"""
`paywright conformance`: the suite's commands, and `self`, which grades the reference gateway in a sandbox of its own.
"""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from paywright.commands.up import USAGE_STATUS
from paywright.control import SandboxProcesses
from paywright.launching import SandboxProblem
from paywright.sandbox import Sandbox

#: Short bank delays, so that a run takes seconds; everything else is the sandbox as users have it.
_QUICK = {"TEST_PROCESSING_DELAY": "20", "REFUND_DELAY_MIN": "20", "REFUND_DELAY_MAX": "60"}
_PARTIES = ("bank", "receiver", "api", "worker")
_PAGES = ("checkout", "dashboard")


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
    browser: Annotated[
        bool, typer.Option(help="Look at checkout and dashboard with a headless Chromium.")
    ] = True,
    baseline: Annotated[Path | None, typer.Option(help="Known findings (.toml).")] = None,
    rubric: Annotated[
        str | None, typer.Option(help="Give marks: a .toml file, or `forty-thirty`.")
    ] = None,
) -> None:
    """
    Start a throw-away sandbox on free ports and grade the reference gateway in it.
    """
    try:
        status = asyncio.run(
            _grade(
                only=only,
                seed=seed,
                out=out,
                strict=strict,
                as_json=as_json,
                browser=browser,
                baseline=baseline,
                rubric=rubric,
            )
        )
    except SandboxProblem as problem:
        sys.stderr.write(f"paywright: {problem}\n")
        raise typer.Exit(USAGE_STATUS) from problem
    raise typer.Exit(status)


async def _grade(*, seed: str | None, browser: bool, **asked: Any) -> int:
    """
    The gateway gets the run's seed, so that ids repeat too.
    """
    from conformance.cli import grade
    from conformance.harness.channels.settings import Channels
    from conformance.harness.rng import new_seed

    seed = seed or new_seed()
    env = {**_QUICK, "TEST_SEED": seed}
    parties = (*_PARTIES, *(_PAGES if browser else ()))
    async with Sandbox(ephemeral=True, free_ports=True, parties=parties, env=env) as sandbox:
        channels = Channels(
            checkout=sandbox.urls.checkout if browser else None,
            dashboard=sandbox.urls.dashboard if browser else None,
            sql=sandbox.urls.database,
            bank=sandbox.urls.bank,
            processes=SandboxProcesses(sandbox),
        )
        status = await asyncio.to_thread(
            grade,
            sandbox.urls.api,
            receiver=sandbox.urls.receiver,
            seed=seed,
            channels=channels,
            **asked,
        )
    return int(status)
