"""
The conformance viewer: runs, matrix, evidence, and the difference between two runs.
"""

import asyncio
from pathlib import Path
from typing import Any, Final

from quart import Blueprint, request
from werkzeug.exceptions import NotFound

from dashboard.divergence import changes, steps
from dashboard.frame import settings, show, wanted
from dashboard.runs import VERDICTS, NoSuchRun, Run, evidence, find_run, list_runs
from dashboard.session import logged_in

conformance = Blueprint("conformance", __name__)
#: Runs that stand side by side in the matrix.
_COLUMNS: Final = 8


def _folder() -> Path:
    folder = settings().reports_folder
    if folder is None:
        raise NotFound("No reports folder is configured: set REPORTS_DIR.")
    return folder


def matrix_of(runs: list[Run]) -> list[dict[str, Any]]:
    """
    A row per requirement: its sentence and each run's verdict, None where the run has none.
    """
    sentences: dict[str, dict[str, Any]] = {}
    for run in runs:
        for row in run.findings:
            sentences.setdefault(str(row.get("id")), row)
    verdicts = [run.verdicts for run in runs]
    return [
        {
            "id": one,
            "group": row.get("group"),
            "keyword": row.get("keyword"),
            "sentence": row.get("sentence"),
            "verdicts": [found.get(one) for found in verdicts],
        }
        for one, row in sorted(sentences.items())
    ]


@conformance.get("/dashboard/conformance")
@logged_in
async def show_runs() -> str:
    """
    Runs, newest first, and the matrix of the newest.
    """
    folder = settings().reports_folder
    runs, problems = await asyncio.to_thread(list_runs, folder) if folder else ([], [])
    columns = runs[:_COLUMNS]
    return await show(
        "conformance.html",
        folder=folder,
        runs=runs,
        problems=problems,
        columns=columns,
        matrix=matrix_of(columns),
        verdicts=VERDICTS,
    )


@conformance.get("/dashboard/conformance/runs/<name>")
@logged_in
async def show_run(name: str) -> str:
    """
    One run: the counts, and every requirement with its verdict.
    """
    run = await asyncio.to_thread(find_run, _folder(), name)
    asked = wanted({"verdict": VERDICTS})
    rows = [
        row for row in run.findings if asked.filters.get("verdict") in (None, row.get("verdict"))
    ]
    return await show("run.html", run=run, rows=rows, filters=asked.filters, verdicts=VERDICTS)


@conformance.get("/dashboard/conformance/runs/<name>/<requirement_id>")
@logged_in
async def show_evidence(name: str, requirement_id: str) -> str:
    """
    Every exchange behind one verdict.
    """
    found = await asyncio.to_thread(evidence, _folder(), name, requirement_id)
    return await show("evidence.html", run=name, evidence=found)


@conformance.get("/dashboard/conformance/diff")
@logged_in
async def show_difference() -> str:
    """
    Two runs: which verdicts differ, and where the transcripts of one requirement part first.
    """
    folder = _folder()
    runs, _ = await asyncio.to_thread(list_runs, folder)
    names = [run.name for run in runs]
    left, right = request.args.get("left", ""), request.args.get("right", "")
    if left not in names or right not in names:
        return await show("diff.html", runs=runs, left=None, right=None, rows=[], steps=None)
    before = next(run for run in runs if run.name == left)
    after = next(run for run in runs if run.name == right)
    rows = changes(before, after)
    differing = [row for row in rows if row.differs]
    asked = request.args.get("requirement", "")
    chosen = asked or (differing[0].requirement_id if differing else "")
    pair = await asyncio.to_thread(_transcripts, folder, left, right, chosen) if chosen else None
    return await show(
        "diff.html", runs=runs, left=before, right=after, rows=rows, chosen=chosen,
        first=differing[0].requirement_id if differing else None, steps=pair,
    )  # fmt: skip


def _transcripts(folder: Path, left: str, right: str, requirement_id: str) -> Any:
    def read(name: str) -> dict[str, Any]:
        try:
            return evidence(folder, name, requirement_id)
        except NoSuchRun:
            return {}

    return steps(read(left), read(right))


@conformance.app_errorhandler(NoSuchRun)
async def on_no_such_run(error: NoSuchRun) -> tuple[str, int]:
    """
    A run, or evidence, that is not there.
    """
    return await show("error.html", message=str(error), code=404, can_go=True), 404
