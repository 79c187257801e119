"""
`paywright compare`: several gateways or runs in one matrix.
"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from paywright.commands.up import USAGE_STATUS

_BROKEN_STATUS = 1


def compare(
    runs: Annotated[
        list[str],
        typer.Argument(
            help="Folders of reports, or gateways to grade now: http://host:port, or profile=http://host:port."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the matrix and of new reports.")] = Path(
        "reports/compare"
    ),
    seed: Annotated[str | None, typer.Option(help="Seed of the runs made now.")] = None,
    only: Annotated[
        str | None, typer.Option(help="Requirement ids to run, with wildcards.")
    ] = None,
    fail_on_regression: Annotated[
        bool, typer.Option(help="Exit 1 when what held in the first run fails in the last.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print matrix.json.")] = False,
) -> None:
    """
    Put runs side by side: matrix.html, matrix.json and a table.
    """
    from conformance.harness.comparing import compare as put_together
    from conformance.harness.reports.matrix import matrix_html, matrix_terminal
    from conformance.harness.reports.reading import BadReport, read_folder

    try:
        folders = [_folder(run, out, number, seed, only) for number, run in enumerate(runs, 1)]
        comparison = put_together([read_folder(folder) for folder in folders])
        out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(comparison.document(), indent=1)
        (out / "matrix.json").write_text(text + "\n", encoding="utf-8")
        page = matrix_html(comparison, out)
        (out / "matrix.html").write_text(page, encoding="utf-8", errors="backslashreplace")
    except BadReport as problem:
        raise _refused(str(problem)) from problem
    except OSError as problem:
        raise _refused(f"{problem.filename or out}: {problem.strerror}") from problem
    if as_json:
        sys.stdout.write(text + "\n")
    else:
        from rich.console import Console

        matrix_terminal(comparison, Console())
        sys.stdout.write(f"matrix in {out}/matrix.html\n")
    if fail_on_regression and comparison.broken:
        sys.stderr.write(f"paywright: broken since the first run: {', '.join(comparison.broken)}\n")
        raise typer.Exit(_BROKEN_STATUS)


def _refused(message: str) -> typer.Exit:
    sys.stderr.write(f"paywright: {message}\n")
    return typer.Exit(USAGE_STATUS)


def _folder(run: str, out: Path, number: int, seed: str | None, only: str | None) -> Path:
    """
    A folder of reports; a gateway is graded first.
    """
    profile, separator, address = run.partition("=http")
    target = f"http{address}" if separator else run
    if not target.startswith(("http://", "https://")):
        return Path(run)
    from conformance.cli import grade
    from conformance.harness.verdict import ExitStatus

    name = profile if separator else "canonical"
    folder = out / f"{number}-{name}"
    status = grade(target, profile=name, seed=seed, only=only, out=folder, quiet=True)
    if status in (ExitStatus.UNREACHABLE, ExitStatus.SUITE_ERROR):
        raise typer.Exit(int(status))
    return folder
