"""
One run: is the target there, run the cases, make the report.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from conformance.harness.channels.plugin import ChannelPlugin
from conformance.harness.clock import monotonic_s, unix_s
from conformance.harness.lock import make_lock
from conformance.harness.normalising import ndjson
from conformance.harness.plugin import SuitePlugin
from conformance.harness.ports import free_port, pause
from conformance.harness.reports.model import RunReport
from conformance.harness.reports.progress import Watcher
from conformance.harness.settings import RunSettings

_REACH_S = 5.0
_RECEIVER_START_S = 30.0


class TargetUnreachable(Exception):
    """
    Nothing answers at the target's address.
    """


class SuiteBroken(Exception):
    """
    The suite itself cannot run; the message says what broke.
    """


def check_reachable(target: str) -> None:
    """
    Any HTTP answer will do.  Raises `TargetUnreachable`.
    """
    try:
        httpx.get(target, timeout=_REACH_S, trust_env=False)
    except httpx.HTTPError as error:
        raise TargetUnreachable(
            f"Nothing answers at {target} ({type(error).__name__}); start the gateway or correct --target."
        ) from error
    except (httpx.InvalidURL, ValueError) as error:
        raise TargetUnreachable(
            f"{target!r} is not an address; --target takes http://host:port."
        ) from error


@contextmanager
def own_receiver() -> Iterator[str]:
    """
    A receiver for this run, on a free port.  Raises `SuiteBroken`.
    """
    port = free_port()
    environ = {**os.environ, "PORT": str(port), "HOST": "0.0.0.0", "STATE_DIR": ""}
    process = subprocess.Popen(
        [sys.executable, "-m", "merchant_receiver.app"],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        deadline = monotonic_s() + _RECEIVER_START_S
        while not _answers(url):
            if process.poll() is not None or monotonic_s() > deadline:
                raise SuiteBroken("The receiver (python -m merchant_receiver.app) did not start.")
            pause()
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=1.0, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def run_cases(settings: RunSettings, folder: Path, watcher: Watcher) -> RunReport:
    """
    Run every case below `folder` that `settings.only` leaves.  Raises `SuiteBroken`, and `BadBaseline` for ids that do not exist.
    """
    plugin = SuitePlugin(settings, watcher)
    started_at = datetime.fromtimestamp(unix_s(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    started_s = monotonic_s()
    arguments = [
        str(folder), "-c", str(folder / "suite.ini"), f"--rootdir={folder}", "-p", "no:cacheprovider",
        "-p", "no:terminal", "-p", "no:xdist", "-p", "no:schemathesis", "--assert=plain",
    ]  # fmt: skip
    try:
        status = pytest.main(arguments, plugins=[plugin, ChannelPlugin(plugin)])
    finally:
        watcher.closed()
    if status in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR):
        raise SuiteBroken(f"pytest ended with {status!r}")
    if plugin.broken:
        raise SuiteBroken("; ".join(plugin.broken))
    if status == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    findings = plugin.findings()
    if not findings:
        raise SuiteBroken(
            f"No requirement matches --only {settings.only!r}; see `paywright conformance list`."
        )
    if settings.baseline is not None:
        settings.baseline.check_ids(plugin.known_ids)
    transcript = ndjson((f.requirement.id, f.transcripts) for f in findings)
    verdicts = [(finding.requirement.id, finding.verdict.value) for finding in findings]
    return RunReport(
        target=settings.target,
        profile=settings.profile.name,
        seed=settings.seed,
        strict=settings.strict,
        started_at=started_at,
        duration_s=monotonic_s() - started_s,
        findings=findings,
        notes=tuple(plugin.notes),
        baseline=settings.baseline,
        rubric=settings.rubric,
        lock=make_lock(settings, transcript=transcript, verdicts=verdicts),
        transcript=transcript,
    )
