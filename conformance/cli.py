"""
The suite's command line; mounted as `paywright conformance`.
"""

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from conformance.harness.profile import BadProfile, load_profile
from conformance.harness.reports import files, terminal
from conformance.harness.reports.model import RunReport
from conformance.harness.rng import new_seed
from conformance.harness.running import (
    SuiteBroken,
    TargetUnreachable,
    check_reachable,
    own_receiver,
    run_cases,
)
from conformance.harness.settings import RunSettings
from conformance.harness.verdict import ExitStatus, Verdict

app = typer.Typer(no_args_is_help=True, help="Grade any gateway of the contract, black box.")
_MARKS = {Verdict.PASS: ".", Verdict.FAIL: "F", Verdict.DIALECT: "d", Verdict.ERROR: "E"}


def _complain(message: str, status: ExitStatus) -> ExitStatus:
    sys.stderr.write(f"paywright: {message}\n")
    return status


def grade(
    target: str,
    *,
    profile: str = "canonical",
    receiver: str | None = None,
    receiver_address: str | None = None,
    only: str | None = None,
    seed: str | None = None,
    out: Path = Path("reports"),
    strict: bool = False,
    as_json: bool = False,
) -> ExitStatus:
    """
    Grade one target, print, write the reports; the exit status of the style guide (0 conformant, 1 a MUST failed, 2 usage or suite, 3 incomplete,
    4 unreachable).
    """
    try:
        chosen = load_profile(profile)
        check_reachable(target)
        with ExitStack() as stack:
            address = receiver or stack.enter_context(own_receiver())
            settings = RunSettings(
                target=target.rstrip("/"),
                profile=chosen,
                receiver=address,
                receiver_address=(receiver_address or address).rstrip("/"),
                only=only,
                seed=seed or new_seed(),
                out=out,
                strict=strict,
                quiet=as_json,
            )
            report = run_cases(settings, Path(__file__).parent / "cases", _progress(quiet=as_json))
        files.write(report, out)
    except BadProfile as error:
        return _complain(str(error), ExitStatus.SUITE_ERROR)
    except TargetUnreachable as error:
        return _complain(str(error), ExitStatus.UNREACHABLE)
    except SuiteBroken as error:
        return _complain(str(error), ExitStatus.SUITE_ERROR)
    except OSError as error:
        return _complain(
            f"the report cannot be written to {out}: {error.strerror}", ExitStatus.SUITE_ERROR
        )
    _show(report, out, as_json=as_json)
    return report.result.exit_status


def _progress(*, quiet: bool):  # type: ignore[no-untyped-def]  # noqa: ANN202
    def show(_requirement_id: str, verdict: Verdict) -> None:
        if not quiet:
            sys.stderr.write(_MARKS.get(verdict, "-"))
            sys.stderr.flush()

    return show


def _show(report: RunReport, out: Path, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(files.results_document(report)) + "\n")
        return
    sys.stderr.write("\n")
    terminal.render(report, Console(), out)


@app.command("run")
def run(
    target: Annotated[str, typer.Option(help="Address of the gateway, http://host:port.")],
    profile: Annotated[
        str, typer.Option(help="A ready profile's name, or a .toml file.")
    ] = "canonical",
    receiver: Annotated[
        str | None, typer.Option(help="A running merchant_receiver; without it one is started.")
    ] = None,
    receiver_address: Annotated[
        str | None,
        typer.Option(
            help="The receiver's address as the target sees it, such as http://host.docker.internal:4000."
        ),
    ] = None,
    only: Annotated[
        str | None, typer.Option(help="Requirement ids to run, with wildcards: PGC-REF-*.")
    ] = None,
    seed: Annotated[
        str | None, typer.Option(help="Seed of the run; printed, and taken again to repeat it.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the reports.")] = Path("reports"),
    strict: Annotated[bool, typer.Option(help="Count SHOULD as MUST.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print results.json instead of the table.")
    ] = False,
) -> None:
    """
    Grade a gateway and write the reports.
    """
    status = grade(
        target,
        profile=profile,
        receiver=receiver,
        receiver_address=receiver_address,
        only=only,
        seed=seed,
        out=out,
        strict=strict,
        as_json=as_json,
    )
    raise typer.Exit(int(status))


@app.command("list")
def list_requirements(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """
    Print every requirement.
    """
    from conformance.cases.catalogue import all_requirements

    found = all_requirements()
    if as_json:
        rows = [
            {
                "id": r.id,
                "keyword": r.keyword.value,
                "level": r.level.value,
                "sentence": r.sentence,
                "source": r.source,
                "needs": list(r.needs),
            }
            for r in found
        ]
        sys.stdout.write(json.dumps(rows) + "\n")
        return
    for requirement in found:
        sys.stdout.write(f"{requirement.id}  {requirement.level.value:9}  {requirement.sentence}\n")


@app.command("explain")
def explain(requirement_id: str) -> None:
    """
    Print one requirement with its source.
    """
    from conformance.cases.catalogue import all_requirements

    wanted = [r for r in all_requirements() if r.id == requirement_id.upper()]
    if not wanted:
        raise typer.Exit(
            _complain(
                f"there is no requirement {requirement_id}; see `paywright conformance list`",
                ExitStatus.SUITE_ERROR,
            )
        )
    found = wanted[0]
    needs = f"\nneeds      {', '.join(found.needs)}" if found.needs else ""
    sys.stdout.write(
        f"{found.id}\n\n{found.sentence}\n\nlevel      {found.level.value}\nsource     {found.source}{needs}\n"
    )
