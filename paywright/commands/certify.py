"""
`paywright certify-receiver`: drills for a merchant's own webhook handler.
"""

import base64
import binascii
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from paywright.commands.up import USAGE_STATUS

_SCHEMES = ("hex", "standard")
_UNREACHABLE_STATUS = 4


def _refused(message: str, status: int = USAGE_STATUS) -> typer.Exit:
    sys.stderr.write(f"paywright: {message}\n")
    return typer.Exit(status)


def certify_receiver(
    url: Annotated[str, typer.Option(help="Address of the handler.")],
    probe_url: Annotated[
        str | None,
        typer.Option(
            help="GETs how often a payment took effect, such as http://shop/effects?payment={payment_id}."
        ),
    ] = None,
    probe_command: Annotated[
        str | None,
        typer.Option(help="Prints how often a payment took effect; {payment_id}, {event_id}."),
    ] = None,
    scheme: Annotated[
        str,
        typer.Option(
            help="What the handler verifies: hex (X-Webhook-Signature) or standard (webhook-signature)."
        ),
    ] = "hex",
    secret: Annotated[
        str | None,
        typer.Option(
            envvar="WEBHOOK_SECRET",
            help="Key of X-Webhook-Signature; default the published test secret.",
        ),
    ] = None,
    signing_secret: Annotated[
        str | None,
        typer.Option(
            envvar="SIGNING_SECRET",
            help="Key of webhook-signature, whsec_ and base64; default the published one.",
        ),
    ] = None,
    fail_url: Annotated[
        str | None, typer.Option(help="Asked before a delivery that the handler is to fail.")
    ] = None,
    client_verify_url: Annotated[
        str | None, typer.Option(help="The shop's client-side verification; {payment_id}.")
    ] = None,
    settle: Annotated[
        float, typer.Option(help="Seconds in which an effect may follow the answer.")
    ] = 5.0,
    only: Annotated[
        str | None, typer.Option(help="Drills to play, with wildcards: PGC-RCV-06*.")
    ] = None,
    seed: Annotated[str | None, typer.Option(help="Seed of the ids.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the reports.")] = Path("reports/receiver"),
    strict: Annotated[bool, typer.Option(help="Count SHOULD as MUST.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print results.json.")] = False,
) -> None:
    """
    Drill a webhook handler in any language.  Exit status 0 conformant, 1 not, 2 wrong usage, 3 incomplete (no probe), 4 nothing answers.
    """
    from conformance.harness.certification.bench import Setup
    from conformance.harness.certification.certifying import asker
    from conformance.harness.certification.deliveries import Secrets
    from conformance.harness.certification.probes import Probe
    from conformance.harness.certification.wire import Handler
    from conformance.harness.profile import load_profile
    from conformance.harness.rng import new_seed

    published = load_profile("canonical").auth
    secrets = Secrets(
        webhook=secret or published["webhook_secret"],
        signing=signing_secret or published["signing_secret"],
    )
    _check(url, scheme, secrets.signing)
    if probe_url and probe_command:
        raise _refused("give one of --probe-url and --probe-command, not both")
    fail = asker(fail_url) if fail_url else None
    setup = Setup(
        handler=Handler(url, timeout_s=15.0),
        secrets=secrets,
        probe=Probe(url=probe_url, command=probe_command),
        seed=seed or new_seed(),
        settle_s=settle,
        fail_next=None if fail is None else lambda: fail(""),
        client_verify=asker(client_verify_url) if client_verify_url else None,
    )
    raise typer.Exit(
        _certify(setup, scheme=scheme, only=only, strict=strict, out=out, as_json=as_json)
    )


def _check(url: str, scheme: str, signing_secret: str) -> None:
    if not url.startswith(("http://", "https://")):
        raise _refused(f"--url takes http://host:port/path, found {url!r}")
    if scheme not in _SCHEMES:
        raise _refused(f"--scheme takes {' or '.join(_SCHEMES)}, found {scheme!r}")
    try:
        base64.b64decode(signing_secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise _refused("--signing-secret must be whsec_ and base64") from problem


def _certify(
    setup: object, *, scheme: str, only: str | None, strict: bool, out: Path, as_json: bool
) -> int:
    from rich.console import Console

    from conformance.harness.certification.bench import Setup
    from conformance.harness.certification.certifying import NoSuchDrill, certify
    from conformance.harness.reports import files, terminal
    from conformance.harness.reports.documents import results_document
    from conformance.harness.reports.progress import watcher

    assert isinstance(setup, Setup)
    try:
        setup.handler.connect().close()
    except OSError as problem:
        raise _refused(
            f"Nothing answers at {setup.handler.url} ({problem})", _UNREACHABLE_STATUS
        ) from problem
    try:
        report = certify(
            setup, scheme=scheme, only=only, strict=strict, watcher=watcher(quiet=as_json)
        )
        files.write(report, out)
    except NoSuchDrill as problem:
        raise _refused(str(problem)) from problem
    except OSError as problem:
        raise _refused(f"the report cannot be written to {out}: {problem.strerror}") from problem
    if as_json:
        sys.stdout.write(json.dumps(results_document(report)) + "\n")
    else:
        terminal.render(report, Console(), out)
    return int(report.result.exit_status)
