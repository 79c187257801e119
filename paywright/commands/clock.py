"""
`paywright clock`: the test clock of a running gateway.
"""

from typing import Annotated

import typer

from paywright.commands.remote import (
    API_URL,
    KEY,
    SECRET,
    Api,
    AsJson,
    Key,
    Secret,
    document,
    gateway,
    line,
)
from sdk.python.hook_results import TestClock

clock = typer.Typer(no_args_is_help=True, help="Show, freeze and move the test clock.")
At = Annotated[
    str | None, typer.Argument(help="ISO 8601 instant, such as 2026-01-01T00:00:00Z; default: now.")
]


def _show(found: TestClock, *, as_json: bool) -> None:
    if as_json:
        document(found.raw)
    else:
        line(f"{found.mode}, {found['now']}")


@clock.command()
def show(
    api: Api = API_URL, key: Key = KEY, secret: Secret = SECRET, as_json: AsJson = False
) -> None:
    """
    What time it is for the gateway, and who moves the clock.
    """
    with gateway(api, key, secret) as client:
        _show(client.get_test_clock(), as_json=as_json)


@clock.command()
def freeze(
    at: At = None,
    api: Api = API_URL,
    key: Key = KEY,
    secret: Secret = SECRET,
    as_json: AsJson = False,
) -> None:
    """
    Stop the clock, here or at an instant.
    """
    with gateway(api, key, secret) as client:
        _show(client.freeze_test_clock(at), as_json=as_json)


@clock.command()
def advance(
    by: Annotated[str, typer.Argument(help="A duration such as 90s, 2h or 1h30m.")],
    api: Api = API_URL,
    key: Key = KEY,
    secret: Secret = SECRET,
    as_json: AsJson = False,
) -> None:
    """
    Move the frozen clock; returns when everything due by then has settled.
    """
    with gateway(api, key, secret) as client:
        _show(client.advance_test_clock(by), as_json=as_json)


@clock.command()
def auto(
    at: At = None,
    api: Api = API_URL,
    key: Key = KEY,
    secret: Secret = SECRET,
    as_json: AsJson = False,
) -> None:
    """
    Let the clock jump to the next due instant whenever everything is quiet.
    """
    with gateway(api, key, secret) as client:
        _show(client.auto_test_clock(at), as_json=as_json)


@clock.command()
def real(
    api: Api = API_URL, key: Key = KEY, secret: Secret = SECRET, as_json: AsJson = False
) -> None:
    """
    Back to the machine's time.
    """
    with gateway(api, key, secret) as client:
        _show(client.real_test_clock(), as_json=as_json)
