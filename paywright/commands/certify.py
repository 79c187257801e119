"""
`paywright certify-receiver`: drills for a merchant's own webhook handler.
"""

import base64
import binascii
import json
import sys
from pathlib import Path

import typer

from conformance.harness.certification import options
from conformance.harness.reports.options import AsJson, Out, Seed, Strict
from paywright.commands.up import USAGE_STATUS

_SCHEMES = ("hex", "standard")
_UNREACHABLE_STATUS = 4


def _refused(message: str, status: int = USAGE_STATUS) -> typer.Exit:
    sys.stderr.write(f"paywright: {message}\n")
    return typer.Exit(status)


def certify_receiver(
    url: options.Url,
    probe_url: options.ProbeUrl = None,
    probe_command: options.ProbeCommand = None,
    scheme: options.Scheme = "hex",
    secret: options.WebhookSecret = None,
    signing_secret: options.SigningSecret = None,
    fail_url: options.FailUrl = None,
    client_verify_url: options.ClientVerifyUrl = None,
    settle: options.Settle = 5.0,
    only: options.Drills = None,
    seed: Seed = None,
    out: Out = Path("reports/receiver"),
    strict: Strict = False,
    as_json: AsJson = False,
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
