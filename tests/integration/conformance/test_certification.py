"""
N11: good handlers pass every drill, each bad one fails exactly the drills about its mistake, in Python and in Node.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from conformance.harness.certification.bench import Setup
from conformance.harness.certification.certifying import DRILLS, asker, certify
from conformance.harness.certification.deliveries import Secrets
from conformance.harness.certification.probes import Probe
from conformance.harness.certification.wire import Handler
from conformance.harness.ports import free_port
from conformance.harness.reports.model import RunReport
from conformance.harness.reports.progress import Silence
from conformance.harness.verdict import ExitStatus, Verdict
from tests.integration.conformance.handlers import shop

FOLDER = Path(shop.__file__).parent
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="Node is not installed")
SECRETS = Secrets(webhook=shop.SECRET, signing=shop.SIGNING_SECRET)


@contextmanager
def _serving(language: str, scheme: str, mistake: str = "") -> Iterator[str]:
    program = [sys.executable, "shop.py"] if language == "python" else [str(NODE), "shop.js"]
    process = subprocess.Popen(
        [*program, scheme, mistake], cwd=FOLDER, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def _certified(
    address: str,
    scheme: str = "hex",
    *,
    only: str | None = None,
    hooks: bool = True,
    probe: Probe | None = None,
) -> RunReport:
    fail = asker(f"{address}/fail")
    setup = Setup(
        handler=Handler(f"{address}/webhook", timeout_s=15.0),
        secrets=SECRETS,
        probe=Probe(url=f"{address}/effects?payment={{payment_id}}") if probe is None else probe,
        seed="certification",
        settle_s=2.0,
        fail_next=(lambda: fail("")) if hooks else None,
        client_verify=asker(f"{address}/verify?payment={{payment_id}}") if hooks else None,
    )
    return certify(setup, scheme=scheme, only=only, strict=False, watcher=Silence())


def _failed(report: RunReport) -> set[int]:
    return {int(f.requirement.id[-3:]) for f in report.findings if f.verdict is Verdict.FAIL}


def _reasons(report: RunReport) -> dict[str, str]:
    return {f.requirement.id: f.reason for f in report.findings if f.verdict is not Verdict.PASS}


def test_there_are_drills_enough_and_each_has_its_own_id() -> None:
    """
    Forty at least.
    """
    ids = [drill.requirement.id for drill in DRILLS]

    assert len(ids) >= 40
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("scheme", ["hex", "standard"])
def test_good_python_handler_passes_everything(scheme: str) -> None:
    """
    Conformant; only the drills of the other scheme do not apply.
    """
    with _serving("python", scheme) as address:
        report = _certified(address, scheme)

    left = {f.requirement.needs for f in report.findings if f.verdict is Verdict.NOT_APPLICABLE}
    assert report.result.exit_status is ExitStatus.CONFORMANT, _reasons(report)
    assert left == {("standard",) if scheme == "hex" else ("hex",)}
    assert report.result.counts["fail"] == 0, _reasons(report)


@needs_node
@pytest.mark.parametrize("scheme", ["hex", "standard"])
def test_good_node_handler_passes_everything(scheme: str) -> None:
    """
    The same in another language.
    """
    with _serving("node", scheme) as address:
        report = _certified(address, scheme, hooks=False)

    assert report.result.exit_status is ExitStatus.CONFORMANT, _reasons(report)
    assert report.result.counts["fail"] == 0, _reasons(report)


#: Mistake, scheme, the drills played, and those among them that must fail.
BAD = [
    ("unverified", "hex", "PGC-RCV-03*", {30, 31, 32, 33, 34, 35, 36, 37, 38, 39}),
    ("reserialises", "hex", "PGC-RCV-0[0-3]*", {10, 11, 13, 14, 37, 38}),
    ("dedupes_before_verifying", "hex", "PGC-RCV-05*", {57}),
    ("never_dedupes", "hex", "PGC-RCV-06*", {60, 61, 62, 63, 65, 69}),
    ("races", "hex", "PGC-RCV-06[01]", {61}),
    ("remembers_before_doing", "hex", "PGC-RCV-07[01]", {71}),
    ("breaks_on_strange_bodies", "hex", "PGC-RCV-[08]*", {4, 80, 81, 83}),
    ("takes_all_news_for_paid", "hex", "PGC-RCV-00*", {2, 3, 5}),
    ("slow", "hex", "PGC-RCV-001", {1}),
    ("one_at_a_time", "hex", "PGC-RCV-08[67]", {87}),
    ("trusts_any_time", "standard", "PGC-RCV-0[45]*", {47, 48, 50, 51}),
    ("looks_at_the_first_entry", "standard", "PGC-RCV-01*", {17, 18, 19}),
]


@pytest.mark.parametrize(
    ("mistake", "scheme", "only", "expected"), BAD, ids=[mistake for mistake, *_ in BAD]
)
def test_bad_python_handlers_fail_for_their_mistake(
    mistake: str, scheme: str, only: str, expected: set[int]
) -> None:
    """
    Exactly these drills.
    """
    with _serving("python", scheme, mistake) as address:
        report = _certified(address, scheme, only=only)

    assert _failed(report) == expected, _reasons(report)


@needs_node
@pytest.mark.parametrize(
    ("mistake", "only", "expected"),
    [
        ("reserialises", "PGC-RCV-01*", {10, 11, 13, 14}),
        ("never_dedupes", "PGC-RCV-060", {60}),
        ("throws", "PGC-RCV-080", {80}),
    ],
)
def test_bad_node_handlers_fail_for_their_mistake(
    mistake: str, only: str, expected: set[int]
) -> None:
    """
    JSON.stringify(JSON.parse(body)) is the mistake of most handlers.
    """
    with _serving("node", "hex", mistake) as address:
        report = _certified(address, only=only, hooks=False)

    assert _failed(report) == expected, _reasons(report)


def test_handler_that_does_nothing_fails() -> None:
    """
    200 for everything: nothing takes effect, nothing is refused.
    """
    with _serving("python", "hex", "nothing") as address:
        report = _certified(address, only="PGC-RCV-0[036]*")

    assert report.result.exit_status is ExitStatus.MUST_FAILED
    assert {1, 6, 9, 30, 32, 36, 60, 64} <= _failed(report)


def test_without_a_probe_nothing_is_conformant() -> None:
    """
    Effects that cannot be counted are untested, and the verdict is incomplete.
    """
    with _serving("python", "hex") as address:
        report = _certified(address, only="PGC-RCV-00*", probe=Probe())

    assert report.result.exit_status is ExitStatus.INCOMPLETE
    assert report.result.counts["untested"] >= 5
    assert "effects are untested" in report.notes[0]


def test_probe_command_counts_too() -> None:
    """
    A command line instead of an address; one that fails blocks, and does not pass.
    """
    with _serving("python", "hex") as address:
        look = (
            f"{sys.executable} -c 'import urllib.request, sys; "
            f'print(urllib.request.urlopen("{address}/effects?payment=" + sys.argv[1]).read().decode())'
            "' {payment_id}"
        )
        good = _certified(address, only="PGC-RCV-001", probe=Probe(command=look))
        bad = _certified(address, only="PGC-RCV-001", probe=Probe(command="exit 3"))

    assert good.result.exit_status is ExitStatus.CONFORMANT, _reasons(good)
    assert bad.findings[0].verdict is Verdict.BLOCKED


def _run(*options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "paywright.cli", "certify-receiver", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_command_line_writes_reports_without_the_secret(tmp_path: Path) -> None:
    """
    Exit status 0, every format, evidence with exchanges.
    """
    with _serving("python", "hex") as address:
        probe = f"{address}/effects?payment={{payment_id}}"
        ended = _run(
            "--url", f"{address}/webhook", "--probe-url", probe, "--only", "PGC-RCV-00*", "--out", str(tmp_path), "--json",
        )  # fmt: skip
    document: dict[str, Any] = json.loads(ended.stdout)
    evidence = json.loads((tmp_path / "results" / "PGC-RCV-001.json").read_text())

    assert ended.returncode == 0, ended.stderr
    assert document["sentence"].startswith("conformant")
    assert evidence["transcripts"][0]["exchanges"][0]["response"]["status"] == 200
    assert evidence["transcripts"][0]["notes"][0]["count"] == 1
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or shop.SECRET.encode() not in path.read_bytes(), path


def test_wrong_usage_is_2_and_no_answer_is_4(tmp_path: Path) -> None:
    """
    One line each.
    """
    nobody = _run("--url", f"http://127.0.0.1:{free_port()}/", "--out", str(tmp_path))
    scheme = _run("--url", "http://127.0.0.1:1/", "--scheme", "hmac")
    address = _run("--url", "here")

    assert (nobody.returncode, scheme.returncode, address.returncode) == (4, 2, 2)
    for ended in (nobody, scheme, address):
        assert ended.stderr.startswith("paywright: ")
        assert ended.stderr.count("\n") == 1
