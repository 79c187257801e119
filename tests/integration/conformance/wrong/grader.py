"""
Grades over and over in one process: a line of JSON in, a line of JSON out.  Started by the tests, so that the suite is imported once.

What would cost most of the time, and says nothing about a target, is left out: files without a wanted case are not collected, and the contexts for TLS,
which nobody uses here, are made once.
"""

import fnmatch
import functools
import gc
import importlib
import json
import os
import pkgutil
import ssl
import sys
import tempfile
from pathlib import Path

import conformance.cases
from conformance.cli import grade
from conformance.harness.channels.settings import Channels
from conformance.harness.requirements import requirement_of


def _files() -> dict[str, set[str]]:
    """
    The ids in each file of cases.
    """
    found: dict[str, set[str]] = {}
    for module in pkgutil.walk_packages(conformance.cases.__path__, "conformance.cases."):
        if module.name.rpartition(".")[2].startswith("test_"):
            content = vars(importlib.import_module(module.name))
            bound = {requirement_of(value) for value in content.values()}
            found[str(content["__file__"])] = {one.id for one in bound if one is not None}
    return found


def main() -> None:
    """
    `{"target", "receiver", "profile", "only", "seed"}` in, with `sql` where the database is looked at, `{id: [verdict, reason]}` out.
    """
    answers, sys.stdout = sys.stdout, sys.stderr
    files = _files()
    ssl.create_default_context = functools.cache(ssl.create_default_context)  # type: ignore[assignment]
    gc.freeze()
    for line in sys.stdin:
        wanted = json.loads(line)
        needless = [f for f, ids in files.items() if not fnmatch.filter(ids, wanted["only"])]
        ignored = " ".join(f"--ignore={file}" for file in needless)
        os.environ["PYTEST_ADDOPTS"] = f"-p no:unraisableexception {ignored}"
        with tempfile.TemporaryDirectory() as folder:
            grade(
                wanted["target"],
                profile=wanted["profile"],
                receiver=wanted["receiver"],
                only=wanted["only"],
                seed=wanted["seed"],
                out=Path(folder),
                channels=Channels(sql=wanted.get("sql")),
                quiet=True,
            )
            results = json.loads((Path(folder) / "results.json").read_text())
        told = {r["id"]: [r["verdict"], r["reason"]] for r in results["requirements"]}
        answers.write(json.dumps(told) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
