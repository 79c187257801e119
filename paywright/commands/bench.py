"""
`paywright bench-start`: how long a cold start takes, measured.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from paywright.clock import monotonic_s


def bench(
    runs: Annotated[int, typer.Option(min=1, max=50, help="How many cold starts.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """
    Start a new sandbox process on a new database several times; print the seconds from the command to the first healthy answer of everything.
    """
    seconds = [_once() for _ in range(runs)]
    document = {"runs": runs, "seconds": seconds, "median": round(statistics.median(seconds), 3)}
    if as_json:
        sys.stdout.write(json.dumps(document) + "\n")
    else:
        sys.stdout.write(
            f"cold start to all healthy, {runs} runs: {seconds}, median {document['median']} s\n"
        )


def _once() -> float:
    state = Path(tempfile.mkdtemp(prefix="paywright-"))
    state.chmod(0o755)
    options = ["--state", str(state), "--free-ports", "--json"]
    started_s = monotonic_s()
    process = subprocess.Popen(  # noqa: S603  ourselves
        [sys.executable, "-m", "paywright.cli", "up", *options],
        stdout=subprocess.PIPE,
        env=os.environ,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    took_s = round(monotonic_s() - started_s, 3)
    process.terminate()
    process.wait(30)
    shutil.rmtree(state)
    if not line:
        raise typer.Exit(1)
    return took_s
