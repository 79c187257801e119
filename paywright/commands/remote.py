"""
What the commands that talk to a running gateway share: where it is, who asks, how answers and errors are printed.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, Final

import typer

from paywright.parties import TEST_CREDENTIALS
from sdk.python.errors import GatewayError, GatewayUnavailable, TimedOut
from sdk.python.sync_client import SyncClient

#: Exit statuses; the same numbers as the suite's.
FAILED_STATUS: Final = 1
USAGE_STATUS: Final = 2
UNREACHABLE_STATUS: Final = 4
API_URL: Final = "http://127.0.0.1:8000"


def url(value: str) -> str:
    """
    An http URL without a slash at its end.  Raises `typer.BadParameter`.
    """
    if not value.startswith(("http://", "https://")):
        raise typer.BadParameter(f"expected a URL such as {API_URL}, found {value!r}")
    return value.rstrip("/")


Api = Annotated[
    str, typer.Option("--api", envvar="PAYWRIGHT_API", callback=url, help="Where the gateway is.")
]
Key = Annotated[
    str, typer.Option("--api-key", envvar="PAYWRIGHT_API_KEY", help="The merchant's key.")
]
Secret = Annotated[
    str,
    typer.Option(
        "--api-secret",
        envvar="PAYWRIGHT_API_SECRET",
        help="The merchant's secret.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one document per line.")]

KEY: Final = TEST_CREDENTIALS["api_key"]
SECRET: Final = TEST_CREDENTIALS["api_secret"]


def fail(message: str, status: int) -> typer.Exit:
    """
    One line on stderr; raise what this returns.
    """
    sys.stderr.write(f"paywright: {' '.join(message.split())}\n")
    return typer.Exit(status)


@contextmanager
def errors_in_one_line(api: str) -> Iterator[None]:
    """
    What a call can end in, as one line and an exit status.
    """
    try:
        yield
    except GatewayUnavailable as error:
        if error.status is not None or isinstance(error, TimedOut):
            raise fail(f"{api}: {error}", FAILED_STATUS) from error
        hint = "start it with `paywright up`, or say where it is with --api"
        raise fail(f"nothing answers at {api} ({error}); {hint}", UNREACHABLE_STATUS) from error
    except GatewayError as error:
        raise fail(str(error), FAILED_STATUS) from error


@contextmanager
def gateway(api: str, key: str, secret: str) -> Iterator[SyncClient]:
    """
    A client of the gateway at `api`, whose errors are one line.
    """
    with (
        errors_in_one_line(api),
        SyncClient(api, api_key=key, api_secret=secret) as client,
    ):
        yield client


def line(text: str) -> None:
    """
    A line on stdout, at once.
    """
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def document(values: Mapping[str, Any]) -> None:
    """
    A document as one line of JSON on stdout, at once.
    """
    line(json.dumps(dict(values), default=_plain))


def _plain(value: object) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def note(text: str) -> None:
    """
    A remark on stderr, beside the result.
    """
    sys.stderr.write(f"paywright: {text}\n")


def moment(at: datetime | None) -> str:
    """
    An instant for people, UTC.
    """
    return "-" if at is None else at.strftime("%Y-%m-%d %H:%M:%S")


def printable(text: str) -> str:
    """
    Text of a stranger, safe for a terminal.
    """
    return "".join(letter if letter.isprintable() else "?" for letter in text)
