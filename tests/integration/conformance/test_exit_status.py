"""
Exit statuses, evidence without secrets.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.harness.ports import free_port
from paywright.sandbox import Sandbox

RUN = [sys.executable, "-m", "paywright.cli", "conformance", "run"]


def _run(target: str, out: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*RUN, "--target", target, "--out", str(out), *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


def test_unreachable_target_is_4_with_one_line(tmp_path: Path) -> None:
    """
    Nothing listens.
    """
    run = _run(f"http://127.0.0.1:{free_port()}", tmp_path)

    assert run.returncode == 4
    assert run.stderr.startswith("paywright: Nothing answers at http://127.0.0.1:")
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "options", [("--profile", "nobody"), ("--only", "PGC-NOT-*")], ids=["profile", "only"]
)
def test_wrong_usage_is_2(sandbox: Sandbox, tmp_path: Path, options: tuple[str, str]) -> None:
    """
    A profile or selection that does not exist.
    """
    run = _run(sandbox.urls.api, tmp_path, "--receiver", sandbox.urls.receiver, *options)

    assert run.returncode == 2
    assert run.stderr.strip().count("\n") <= 1


def test_report_that_cannot_be_written_is_2(sandbox: Sandbox, tmp_path: Path) -> None:
    """
    A file stands where the folder should be.
    """
    (tmp_path / "taken").write_text("")
    run = _run(
        sandbox.urls.api,
        tmp_path / "taken",
        "--receiver",
        sandbox.urls.receiver,
        "--only",
        "PGC-HLT-*",
    )

    assert run.returncode == 2
    assert "cannot be written" in run.stderr


def test_conformant_target_is_0_and_evidence_has_no_secrets(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """
    Orders and payments of the reference; every requirement with its exchanges, no secret and no card number anywhere.
    """
    run = _run(
        sandbox.urls.api, tmp_path, "--receiver", sandbox.urls.receiver, "--only", "PGC-[OPA]*"
    )
    results = json.loads((tmp_path / "results.json").read_text())
    artefacts = (
        b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        + run.stdout.encode()
    )

    assert run.returncode == 0, run.stdout
    assert results["conformant"] is True
    assert len(list((tmp_path / "results").glob("*.json"))) == len(results["requirements"])
    for secret in (b"secret_test_xyz789", b"whsec_test_abc123", b"4111111111111111"):
        assert secret not in artefacts
    evidence = json.loads((tmp_path / "results" / "PGC-ORD-001.json").read_text())
    assert evidence["transcripts"][0]["exchanges"][0]["response"]["status"] == 201


def test_target_without_webhooks_is_incomplete(sandbox: Sandbox, tmp_path: Path) -> None:
    """
    What cannot be observed is untested, and then the verdict is 3, never green.
    """
    profile = tmp_path / "deaf.toml"
    profile.write_text('name = "deaf"\n[webhook]\nconfigure = {}\n')
    run = _run(
        sandbox.urls.api,
        tmp_path / "out",
        "--receiver",
        sandbox.urls.receiver,
        "--profile",
        str(profile),
        "--only",
        "PGC-[OW]??-001",
    )
    results = json.loads((tmp_path / "out" / "results.json").read_text())

    assert run.returncode == 3, run.stdout
    assert {r["id"]: r["verdict"] for r in results["requirements"]}["PGC-WHK-001"] == "untested"
