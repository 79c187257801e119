"""
Null controls (features N2): gateways that do nothing right are acquitted of nothing that binds.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.integration.conformance.null_gateways import KINDS, null_gateway

#: The suite with less patience: a null gateway decides nothing, so waiting for it shows nothing.
_IMPATIENT = (
    "import conformance.harness.target as target; "
    "target.DECIDED_WITHIN_S = target.REFUNDED_WITHIN_S = 0.2; "
    "from paywright.cli import main; main()"
)
ALLOWED = tomllib.loads((Path(__file__).parent / "null_passes.toml").read_text(encoding="utf-8"))


#: Two of them answer so much that grading them takes minutes.
_LONG = ("created", "fixture")


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=[pytest.mark.suite] if kind in _LONG else [])
        for kind in KINDS
        if kind != "refuse"
    ],
)
def test_null_gateways_pass_no_must_that_is_not_listed(kind: str, tmp_path: Path) -> None:
    """
    Nothing on an empty 200 and an echo; for always-201 and a recording at most the committed list, each entry with its reason.
    """
    with null_gateway(kind) as target:
        run = _grade(target, tmp_path)

    assert run.returncode == 1, run.stderr
    results = json.loads((tmp_path / "results.json").read_text())
    musts = [r for r in results["requirements"] if r["keyword"] == "MUST"]
    passed = {r["id"] for r in musts if r["verdict"] == "pass"}
    assert passed - set(ALLOWED.get(kind, {})) == set()
    assert sum(r["verdict"] in ("fail", "blocked") for r in musts) > 100


def test_gateway_that_hangs_up_is_no_gateway(tmp_path: Path) -> None:
    """
    It answers once and then cuts every line: no requirement passes, and the run is not green.
    """
    with null_gateway("refuse") as target:
        run = _grade(target, tmp_path, "--only", "PGC-[AHO]*")

    assert run.returncode in (1, 2), run.stderr
    results = json.loads((tmp_path / "results.json").read_text())
    assert results["conformant"] is False
    assert {r["verdict"] for r in results["requirements"]} <= {"fail", "error", "blocked", "untested", "not_applicable"}  # fmt: skip


def test_every_allowed_pass_has_a_reason() -> None:
    """
    The list shrinks or is argued for; it does not just grow.
    """
    reasons = [reason for kind in ALLOWED.values() for reason in kind.values()]

    assert set(ALLOWED) == {"created", "fixture"}
    assert all(len(reason) > 15 for reason in reasons)
    assert len(reasons) <= 67


def _grade(target: str, out: Path, *only: str) -> "subprocess.CompletedProcess[str]":
    options = ["conformance", "run", "--target", target, "--out", str(out), *only]
    return subprocess.run(
        [sys.executable, "-c", _IMPATIENT, *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
