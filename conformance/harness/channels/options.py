"""
The command line's options of the channels, and the channels made of them.
"""

from collections.abc import Mapping
from typing import Annotated

import typer

from conformance.harness.channels.processes import Commands
from conformance.harness.channels.settings import Channels

Browser = Annotated[
    bool,
    typer.Option("--browser", help="Look at checkout and dashboard with a headless Chromium."),
]
Checkout = Annotated[str, typer.Option(help="Address of the checkout, for --browser.")]
Dashboard = Annotated[str, typer.Option(help="Address of the dashboard, for --browser.")]
Sql = Annotated[
    str | None,
    typer.Option(
        help="The target's PostgreSQL, postgresql://user:password@host:port/name; read only."
    ),
]
Bank = Annotated[
    str | None,
    typer.Option(
        help="paywright's bank, where the target uses it, http://host:port: races are arranged there."
    ),
]
StartWorker = Annotated[
    str | None,
    typer.Option(
        help="Command that starts the worker and lets WEBHOOK_RETRY_INTERVALS_TEST of its environment through."
    ),
]
StopWorker = Annotated[
    str | None, typer.Option(help="Command that stops the worker; --kill-worker when missing.")
]
KillWorker = Annotated[str | None, typer.Option(help="Command that kills the worker (SIGKILL).")]
StartApi = Annotated[str | None, typer.Option(help="Command that starts the API.")]
KillApi = Annotated[str | None, typer.Option(help="Command that kills the API (SIGKILL).")]


def channels_from(
    *,
    checkout: str | None,
    dashboard: str | None,
    sql: str | None,
    bank: str | None,
    commands: Mapping[str, str | None],
) -> Channels:
    """
    The channels that were asked for.
    """
    given = {name: command for name, command in commands.items() if command}
    return Channels(
        checkout=None if checkout is None else checkout.rstrip("/"),
        dashboard=None if dashboard is None else dashboard.rstrip("/"),
        sql=sql,
        bank=None if bank is None else bank.rstrip("/"),
        processes=Commands(given) if given else None,
    )
