"""
Conformance runs on disk: the folder of settings, or its subfolders, that hold a `results.json`.

Reads only, and only below the folder; a file that is not what it should be is named, not guessed at.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

#: Bytes of a report or evidence file that are read.
SIZE_BYTES_MAX: Final = 32 * 1024 * 1024
RUNS_MAX: Final = 200
VERDICTS: Final = ("pass", "fail", "dialect", "blocked", "not_applicable", "untested", "error")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_REQUIREMENT: Final = re.compile(r"[A-Z0-9]{2,8}-[A-Z0-9]{2,8}-\d{1,5}")
_SCHEMA: Final = "paywright-results/"
#: The name under which the folder itself is a run.
LATEST: Final = "latest"

Document = dict[str, Any]


class NoSuchRun(LookupError):
    """
    There is no such run or evidence, or it cannot be read; the message is for people.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """
    One run: `name` is its folder's, `document` its results.json.
    """

    name: str
    document: Document

    @property
    def findings(self) -> list[Document]:
        """
        One member per requirement, in the order of the report.
        """
        rows = self.document.get("requirements")
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    @property
    def verdicts(self) -> dict[str, str]:
        """
        Verdict by requirement id.
        """
        return {str(row.get("id")): str(row.get("verdict")) for row in self.findings}

    @property
    def tone(self) -> str:
        """
        `good` only when the report itself says conformant.
        """
        if self.document.get("conformant") is True:
            return "success"
        return "failed" if self.document.get("exit_status") == 1 else "pending"


def _read(path: Path) -> Document:
    try:
        if path.stat().st_size > SIZE_BYTES_MAX:
            raise NoSuchRun(f"{path.name} is larger than {SIZE_BYTES_MAX // 1024 // 1024} MiB.")
        document = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise NoSuchRun(f"There is no {path.name} in this run.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise NoSuchRun(f"{path.name} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise NoSuchRun(f"{path.name} is not a JSON object.")
    return document


def _load(name: str, folder: Path) -> Run:
    document = _read(folder / "results.json")
    if not str(document.get("schema", "")).startswith(_SCHEMA):
        raise NoSuchRun("results.json was not written by this suite.")
    return Run(name=name, document=document)


def _folders(root: Path) -> Mapping[str, Path]:
    found = {LATEST: root} if (root / "results.json").is_file() else {}
    if root.is_dir():
        for folder in sorted(root.iterdir()):
            if _NAME.fullmatch(folder.name) and (folder / "results.json").is_file():
                found[folder.name] = folder
    return found


def list_runs(root: Path) -> tuple[list[Run], list[str]]:
    """
    The newest runs first, and what could not be read.
    """
    runs, problems = [], []
    for name, folder in _folders(root).items():
        try:
            runs.append(_load(name, folder))
        except NoSuchRun as error:
            problems.append(f"{name}: {error}")
    runs.sort(key=lambda run: str(run.document.get("started_at")), reverse=True)
    return runs[:RUNS_MAX], problems


def find_run(root: Path, name: str) -> Run:
    """
    The run of that name.  Raises `NoSuchRun`.
    """
    folder = _folders(root).get(name)
    if folder is None:
        raise NoSuchRun(f"There is no run {name!r} in the reports folder.")
    return _load(name, folder)


def evidence(root: Path, name: str, requirement_id: str) -> Document:
    """
    What one run saw for one requirement.  Raises `NoSuchRun`.
    """
    folder = _folders(root).get(name)
    if folder is None or not _REQUIREMENT.fullmatch(requirement_id):
        raise NoSuchRun(f"There is no evidence for {requirement_id} in run {name!r}.")
    return _read(folder / "results" / f"{requirement_id}.json")
