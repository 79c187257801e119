"""
`paywright up`: start the sandbox and keep it running.
"""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from paywright.launching import SandboxProblem
from paywright.parties import PARTIES, TEST_CREDENTIALS
from paywright.sandbox import Sandbox

USAGE_STATUS = 2


def up(
    ephemeral: Annotated[
        bool, typer.Option(help="Throw all data away at the end (and trade fsync for speed).")
    ] = False,
    free_ports: Annotated[
        bool, typer.Option(help="Listen on free ports instead of the contract's.")
    ] = False,
    state: Annotated[
        Path | None, typer.Option(help="State folder; default .paywright, or PAYWRIGHT_STATE.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="Leave a party out; may be given several times.")
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print one line of JSON with all addresses instead of the table."
        ),
    ] = False,
) -> None:
    """
    Start PostgreSQL, Valkey and every party, print addresses and test credentials, and run until Ctrl-C.
    """
    left = set(without or ())
    parties = [party.name for party in PARTIES if party.name not in left] if left else None
    sandbox = Sandbox(
        state=state,
        ephemeral=ephemeral,
        free_ports=free_ports,
        parties=parties,
        report=_report,
    )
    try:
        asyncio.run(_run(sandbox, as_json=as_json))
    except SandboxProblem as problem:
        sys.stderr.write(f"paywright: {problem}\n")
        raise typer.Exit(USAGE_STATUS) from problem


def _report(line: str) -> None:
    sys.stderr.write(line + "\n")


async def _run(sandbox: Sandbox, *, as_json: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    starting = asyncio.ensure_future(sandbox.__aenter__())
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait([starting, stopping], return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        return
    starting.result()
    try:
        _show(sandbox, as_json=as_json)
        await stop.wait()
    finally:
        if not as_json:
            sys.stdout.write("\nstopping …\n")
        await sandbox.close()


def _document(sandbox: Sandbox) -> dict[str, object]:
    urls = sandbox.urls
    processes = {
        name: child.process.pid
        for name, child in sandbox.supervisor.children.items()
        if child.process is not None
    }
    return {
        "api": urls.api,
        "dashboard": urls.dashboard,
        "checkout": urls.checkout,
        "receiver": urls.receiver,
        "bank": urls.bank,
        "database": urls.database,
        "redis": urls.redis,
        "state": str(sandbox.state),
        "pids": processes,
        "missing": sandbox.missing,
        "start_seconds": round(sandbox.start_seconds, 3),
        **TEST_CREDENTIALS,
    }


def _show(sandbox: Sandbox, *, as_json: bool) -> None:
    document = _document(sandbox)
    if as_json:
        sys.stdout.write(json.dumps(document) + "\n")
        sys.stdout.flush()
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(
        f"\n[bold]paywright is up[/bold] after {document['start_seconds']} s\n", highlight=False
    )
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    running = sandbox.supervisor.children
    for name, label in (
        ("api", "API"), ("dashboard", "Dashboard"), ("checkout", "Checkout"), ("receiver", "Webhook receiver"), ("bank", "Bank"),
    ):  # fmt: skip
        if name in running:
            table.add_row(label, str(document[name]))
    table.add_row("", "")
    table.add_row("X-Api-Key", TEST_CREDENTIALS["api_key"])
    table.add_row("X-Api-Secret", TEST_CREDENTIALS["api_secret"])
    table.add_row("Webhook secret", TEST_CREDENTIALS["webhook_secret"])
    table.add_row("State", str(document["state"]))
    console.print(table)
    if sandbox.missing:
        console.print(
            f"\nnot in this release yet: {', '.join(sandbox.missing)}",
            style="yellow",
            highlight=False,
        )
    console.print("\nTest mode: no real money. Ctrl-C stops everything.", style="dim")
