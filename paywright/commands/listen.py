"""
`paywright listen`: webhooks of a running gateway, handed on to a merchant's own handler.

It listens itself and puts its own address into the merchant's settings while it runs, so the handler's answer is what the gateway sees: a failure is
retried, by the gateway's schedule.  At the end the address from before is put back.
"""

import asyncio
import contextlib
import functools
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Annotated, Final
from urllib.parse import urlsplit

import httpx
import typer

from paywright.clock import monotonic_s
from paywright.commands.remote import (
    API_URL,
    KEY,
    SECRET,
    UNREACHABLE_STATUS,
    USAGE_STATUS,
    Api,
    AsJson,
    Key,
    Secret,
    document,
    fail,
    gateway,
    note,
    url,
)
from paywright.commands.reporting import Reporter
from paywright.forwarding import Forwarder
from sdk.python.sync_client import SyncClient

_CONNECT_S: Final = 3.0
_PORTS: Final = {"http": 80, "https": 443}


def _handler(value: str | None) -> str | None:
    """
    The handler's URL as it was given: a slash at its end is part of it.
    """
    return value if value is None or url(value) else None


def _address(value: str | None) -> str | None:
    return None if value is None else url(value)


def listen(
    forward_to: Annotated[
        str | None,
        typer.Option(callback=_handler, help="Your handler's URL; without it only print."),
    ] = None,
    events: Annotated[
        str, typer.Option(help="Only these, comma separated; * is a wildcard: payment.*")
    ] = "",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Port to listen on; 0 takes a free one.")
    ] = 0,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    reachable_as: Annotated[
        str | None,
        typer.Option(
            callback=_address,
            help="How the gateway reaches this, such as http://host.docker.internal:4010.",
        ),
    ] = None,
    timeout_s: Annotated[
        float, typer.Option("--timeout", min=0.1, max=600, help="Seconds your handler may take.")
    ] = 30.0,
    api: Api = API_URL,
    key: Key = KEY,
    secret: Secret = SECRET,
    as_json: AsJson = False,
) -> None:
    """
    Receive webhooks, print a line for each, hand them on with the same bytes and headers; until Ctrl-C.
    """
    if forward_to is not None:
        _check_handler(forward_to)
    patterns = [one.strip() for one in events.split(",") if one.strip()]
    with gateway(api, key, secret) as client, _listening(host, port) as listening:
        reporter = Reporter(client, as_json=as_json)
        named = f"[{host}]" if ":" in host else host
        address = reachable_as or f"http://{named}:{listening.getsockname()[1]}"
        with _registered(client, f"{address}/webhook"):
            ready = functools.partial(_say_ready, address, forward_to, as_json=as_json)
            asyncio.run(
                _serve(
                    listening,
                    forward_to,
                    patterns,
                    reporter=reporter,
                    timeout_s=timeout_s,
                    ready=ready,
                )
            )


def _say_ready(address: str, target: str | None, *, as_json: bool) -> None:
    if as_json:
        document({"type": "ready", "listening": address, "forward_to": target})
    note(f"listening at {address}, handing on to {target or 'nobody'}; Ctrl-C ends")


def _check_handler(target: str) -> None:
    """
    Somebody listens at the handler's address.  Raises `typer.Exit`.
    """
    parts = urlsplit(target)
    try:
        if not parts.hostname:
            raise ValueError("no host")  # noqa: TRY301  one refusal for whatever is wrong with it
        at = parts.hostname, parts.port or _PORTS[parts.scheme]
    except ValueError as error:
        raise fail(f"--forward-to: {target} is no URL ({error})", USAGE_STATUS) from error
    try:
        socket.create_connection(at, timeout=_CONNECT_S).close()
    except OSError as error:
        raise fail(
            f"nothing is listening at {target}; start your handler first", UNREACHABLE_STATUS
        ) from error


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """
    A listening socket.  Raises `typer.Exit` when the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            # From now on the kernel keeps what arrives, also before the server runs.
            listening.listen()
        except OSError as error:
            raise fail(
                f"cannot listen on {host}:{port}: {error.strerror or error}", USAGE_STATUS
            ) from error
        yield listening


@contextlib.contextmanager
def _registered(client: SyncClient, address: str) -> Iterator[None]:
    """
    The merchant's webhooks come here inside the block; after it they go where they went before, unless somebody changed that meanwhile.
    """
    before = client.get_webhook_config().webhook_url
    client.set_webhook_config(webhook_url=address)
    try:
        yield
    finally:
        if client.get_webhook_config().webhook_url == address:
            client.set_webhook_config(webhook_url=before)


async def _serve(
    listening: socket.socket,
    target: str | None,
    patterns: list[str],
    *,
    reporter: Reporter,
    timeout_s: float,
    ready: Callable[[], None],
) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    config = Config()
    config.bind = [f"fd://{listening.detach()}"]
    config.errorlog = None
    config.include_server_header = False
    config.graceful_timeout = 1.0
    config.h11_pass_raw_headers = True
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=20)
    async with httpx.AsyncClient(timeout=timeout_s, limits=limits, trust_env=False) as http:
        forwarder = Forwarder(
            http, target, events=patterns, report=reporter.report, monotonic_s=monotonic_s
        )
        ready()
        await serve(forwarder, config, shutdown_trigger=stop.wait)
