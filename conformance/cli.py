"""
The suite's command line; mounted as `paywright conformance`.
"""

import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from conformance.harness.baseline import BadBaseline, load_baseline
from conformance.harness.channels.options import (
    Bank,
    Browser,
    Checkout,
    Dashboard,
    KillApi,
    KillWorker,
    Sql,
    StartApi,
    StartWorker,
    StopWorker,
    channels_from,
)
from conformance.harness.channels.settings import Channels
from conformance.harness.probing.command import probe_target
from conformance.harness.profile import BadProfile, load_profile
from conformance.harness.reports import files, terminal
from conformance.harness.reports.documents import results_document
from conformance.harness.reports.markdown import markdown
from conformance.harness.reports.model import RunReport
from conformance.harness.reports.options import (
    AsJson,
    BaselineFile,
    Only,
    Out,
    RubricName,
    Seed,
    Strict,
)
from conformance.harness.reports.progress import watcher
from conformance.harness.rng import new_seed
from conformance.harness.rubric import BadRubric, load_rubric
from conformance.harness.running import (
    SuiteBroken,
    TargetUnreachable,
    check_reachable,
    own_receiver,
    run_cases,
)
from conformance.harness.settings import RunSettings
from conformance.harness.verdict import ExitStatus

_CASES = Path(__file__).parent / "cases"
app = typer.Typer(no_args_is_help=True, help="Grade any gateway of the contract, black box.")
app.command("probe")(probe_target)


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
    baseline: Path | None = None,
    rubric: str | None = None,
    channels: Channels | None = None,
    quiet: bool = False,
) -> ExitStatus:
    """
    Grade one target, print (unless `quiet`), write the reports; the exit status of the style guide (0 conformant, 1 a MUST failed, 2 usage or suite, 3 incomplete,
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
                quiet=quiet or as_json,
                baseline=None if baseline is None else load_baseline(baseline),
                rubric=None if rubric is None else load_rubric(rubric),
                channels=channels or Channels(),
            )
            report = run_cases(settings, _CASES, watcher(quiet=settings.quiet))
        files.write(report, out)
        _step_summary(report)
    except (BadProfile, BadBaseline, BadRubric) as error:
        return _complain(str(error), ExitStatus.SUITE_ERROR)
    except TargetUnreachable as error:
        return _complain(str(error), ExitStatus.UNREACHABLE)
    except SuiteBroken as error:
        return _complain(str(error), ExitStatus.SUITE_ERROR)
    except OSError as error:
        return _complain(
            f"the report cannot be written to {out}: {error.strerror}", ExitStatus.SUITE_ERROR
        )
    if not quiet:
        _show(report, out, as_json=as_json)
    return report.result.exit_status


def _step_summary(report: RunReport) -> None:
    """
    Where GitHub Actions asks for a summary of the step, add one.  Raises OSError.
    """
    wanted = os.environ.get("GITHUB_STEP_SUMMARY")
    if wanted:
        with Path(wanted).open("a", encoding="utf-8", errors="backslashreplace") as page:
            page.write(markdown(report) + "\n")


def _show(report: RunReport, out: Path, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(results_document(report)) + "\n")
        return
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
    only: Only = None,
    seed: Seed = None,
    out: Out = Path("reports"),
    strict: Strict = False,
    as_json: AsJson = False,
    baseline: BaselineFile = None,
    rubric: RubricName = None,
    browser: Browser = False,
    checkout: Checkout = "http://localhost:3001",
    dashboard: Dashboard = "http://localhost:3000",
    sql: Sql = None,
    bank: Bank = None,
    start_worker: StartWorker = None,
    stop_worker: StopWorker = None,
    kill_worker: KillWorker = None,
    start_api: StartApi = None,
    kill_api: KillApi = None,
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
        baseline=baseline,
        rubric=rubric,
        channels=channels_from(
            checkout=checkout if browser else None,
            dashboard=dashboard if browser else None,
            sql=sql,
            bank=bank,
            commands={
                "start-worker": start_worker,
                "stop-worker": stop_worker,
                "kill-worker": kill_worker,
                "start-api": start_api,
                "kill-api": kill_api,
            },
        ),
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
