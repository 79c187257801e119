"""
`paywright probe URL`: interviews a gateway, writes its profile, prints what it found and what stays unknown.
"""

import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from conformance.harness.probing.findings import Findings, checked, same_as_ready
from conformance.harness.probing.probe import ProbeSettings, probe
from conformance.harness.profile import BadProfile
from conformance.harness.rng import new_seed
from conformance.harness.running import (
    SuiteBroken,
    TargetUnreachable,
    check_reachable,
    own_receiver,
)
from conformance.harness.verdict import ExitStatus


def probe_target(
    url: Annotated[str, typer.Argument(help="Address of the gateway, http://host:port.")],
    out: Annotated[
        Path | None, typer.Option(help="Where the profile goes; without it, to standard output.")
    ] = None,
    name: Annotated[
        str, typer.Option(help="The profile's name; without it, the file's or the host's.")
    ] = "",
    receiver_address: Annotated[
        str | None,
        typer.Option(
            help="Our webhook receiver's address as the target sees it, such as http://host.docker.internal:4000."
        ),
    ] = None,
) -> None:
    """
    Find a gateway's dialect by asking, with the test merchant's credentials, and write its profile.
    """
    try:
        check_reachable(url)
        with ExitStack() as stack:
            receiver = stack.enter_context(own_receiver())
            address = (receiver_address or receiver).rstrip("/")
            found = asyncio.run(
                probe(
                    ProbeSettings(
                        target=url.rstrip("/"),
                        receiver=receiver,
                        receiver_address=address,
                        seed=new_seed(),
                    )
                )
            )
        _write(found, name or (out.stem if out else (urlsplit(url).hostname or "target")), url, out)
    except TargetUnreachable as error:
        raise typer.Exit(_complain(str(error), ExitStatus.UNREACHABLE)) from error
    except (SuiteBroken, BadProfile) as error:
        raise typer.Exit(_complain(str(error), ExitStatus.SUITE_ERROR)) from error
    except OSError as error:
        problem = f"the profile cannot be written to {out}: {error.strerror}"
        raise typer.Exit(_complain(problem, ExitStatus.SUITE_ERROR)) from error


def _complain(message: str, status: ExitStatus) -> int:
    sys.stderr.write(f"paywright: {message}\n")
    return int(status)


def _write(found: Findings, name: str, url: str, out: Path | None) -> None:
    text, profile = checked(found, name, url)
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
    say = sys.stderr.write
    for subject, sentence in found.said:
        say(f"  {subject:24} {sentence}\n")
    for subject, why in found.unknown:
        say(f"? {subject:24} untested: {why}\n")
    ready = same_as_ready(profile)
    if ready:
        say(f"this is what the ready profile {' and '.join(ready)} says\n")
    if out is not None:
        say(f"wrote {out}; grade with: paywright conformance run --target {url} --profile {out}\n")
