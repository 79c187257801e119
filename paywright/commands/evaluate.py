"""
`paywright evaluate`: run and grade a submission.
"""

import json
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from paywright.commands.up import USAGE_STATUS


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def evaluate(
    folder: Annotated[Path, typer.Argument(help="Folder with a submission.yml, or the file.")],
    target: Annotated[
        str, typer.Option(help="Where the submission's gateway answers.")
    ] = "http://localhost:8000",
    profile: Annotated[
        str, typer.Option(help="A ready profile's name, or a .toml file.")
    ] = "canonical",
    receiver_address: Annotated[
        str | None, typer.Option(help="The webhook receiver's address as the target sees it.")
    ] = None,
    rubric: Annotated[
        str | None, typer.Option(help="Give marks: a .toml file, or `forty-thirty`.")
    ] = None,
    only: Annotated[
        str | None, typer.Option(help="Requirement ids to run, with wildcards.")
    ] = None,
    seed: Annotated[str | None, typer.Option(help="Seed of the run.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the reports.")] = Path("reports"),
    limit: Annotated[
        list[str] | None, typer.Option(help="Seconds for a phase, such as start=600.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print evaluation.json.")] = False,
) -> None:
    """
    Run a submission's commands, grade its gateway, shut it down.  The commands run on this machine with your rights: trust them, or use a container.
    """
    from conformance.cli import grade
    from conformance.harness.evaluating import Evaluator
    from conformance.harness.profile import BadProfile, load_profile
    from conformance.harness.redaction import Redactor
    from conformance.harness.reports.evaluation import sentence, write
    from conformance.harness.submission import BadSubmission, load_submission

    try:
        submission = load_submission(folder)
        auth = load_profile(profile).auth
        limits_s = _limits(limit or [])
    except (BadSubmission, BadProfile) as problem:
        sys.stderr.write(f"paywright: {problem}\n")
        raise typer.Exit(USAGE_STATUS) from problem
    signal.signal(signal.SIGTERM, _interrupt)
    evaluator = Evaluator(
        submission,
        target=target,
        out=out,
        limits_s=limits_s,
        redactor=Redactor([value for name, value in auth.items() if name.endswith("secret")]),
        grade=lambda: int(
            grade(
                target, profile=profile, receiver_address=receiver_address, rubric=rubric, only=only, seed=seed, out=out, quiet=as_json,
            )
        ),
        report=_quiet if as_json else _show,
    )  # fmt: skip
    evaluation = evaluator.run()
    write(evaluation, out)
    if as_json:
        sys.stdout.write(json.dumps(evaluation.document()) + "\n")
    else:
        sys.stdout.write(f"{sentence(evaluation)}; report in {out}/evaluation.html\n")
    raise typer.Exit(evaluation.exit_status)


def _show(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _quiet(_line: str) -> None:
    """
    Nothing.
    """


def _limits(given: list[str]) -> dict[str, float]:
    from conformance.harness.evaluating import LIMITS_S

    found: dict[str, float] = {}
    for text in given:
        name, _, seconds = text.partition("=")
        if name not in LIMITS_S or not seconds.replace(".", "", 1).isdigit():
            sys.stderr.write(
                f"paywright: --limit takes phase=seconds, such as start=600, found {text!r}\n"
            )
            raise typer.Exit(USAGE_STATUS)
        found[name] = float(seconds)
    return found
