"""
What is done with runs: baseline, marks, compare, bundle, and that a run repeats.
"""

import dataclasses
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.harness.reports.files import write
from conformance.harness.reports.reading import read_folder
from conformance.harness.verdict import Verdict
from paywright.sandbox import Sandbox

ONLY = "PGC-HLT-00[12]"


def _paywright(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "paywright.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def _run(
    sandbox: Sandbox, out: Path, *options: str, only: str = ONLY
) -> "subprocess.CompletedProcess[str]":
    return _paywright(
        "conformance", "run", "--target", sandbox.urls.api, "--receiver", sandbox.urls.receiver, "--only", only, "--out", str(out),
        "--seed", "verbs", *options,
    )  # fmt: skip


def _json(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_bytes())
    return document


@pytest.fixture(scope="module")
def run(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A small green run with marks.
    """
    out = tmp_path_factory.mktemp("run")
    ended = _run(sandbox, out, "--rubric", "forty-thirty")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "of 100 marks" in ended.stdout
    return out


def test_lock_names_seed_hashes_and_versions(run: Path) -> None:
    """
    The transcript's hash is the file's; settings without secrets.
    """
    lock = _json(run / "run.lock")
    transcript = hashlib.sha256((run / "transcript.ndjson").read_bytes()).hexdigest()

    assert lock["seed"] == "verbs"
    assert lock["transcript_sha256"] == transcript
    assert {"python", "paywright", "httpx"} <= lock["versions"].keys()
    assert lock["config"]["only"] == ONLY
    assert "secret_test_xyz789" not in json.dumps(lock)
    assert _json(run / "results.json")["marks"]["parts"][0]["marks"] == "40.0"


def test_baselines_fail_for_what_passes_and_are_refused_for_strange_ids(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """
    Exit status 1 with a line; 2 for an id that does not exist.
    """
    entry = '[[finding]]\nid = "{}"\nreason = "ticket 7"\nexpires = 2999-01-01\n'
    (tmp_path / "known.toml").write_text(entry.format("PGC-HLT-001"))
    (tmp_path / "strange.toml").write_text(entry.format("PGC-HLT-999"))
    unexpected = _run(sandbox, tmp_path / "a", "--baseline", str(tmp_path / "known.toml"))
    strange = _run(sandbox, tmp_path / "b", "--baseline", str(tmp_path / "strange.toml"))

    assert unexpected.returncode == 1
    lines = [" ".join(line.split()) for line in unexpected.stdout.splitlines()]
    assert any(line.startswith("baseline: PGC-HLT-001: expected to fail") for line in lines)
    assert strange.returncode == 2
    assert strange.stderr.strip().endswith(
        "there is no requirement PGC-HLT-999; see `paywright conformance list`"
    )


def _edited(run: Path, out: Path, verdict: Verdict) -> Path:
    """
    The run with another verdict, written anew and consistent in itself.
    """
    report = read_folder(run).report
    first = dataclasses.replace(report.findings[0], verdict=verdict, reason="edited")
    write(dataclasses.replace(report, findings=(first, *report.findings[1:])), out)
    (out / "run.lock").write_bytes((run / "run.lock").read_bytes())
    return out


def test_compare_puts_runs_side_by_side(run: Path, tmp_path: Path) -> None:
    """
    Matrix as page, JSON and table; a regression fails when asked; half a report is refused.
    """
    worse = _edited(run, tmp_path / "worse", Verdict.FAIL)
    ended = _paywright("compare", str(run), str(worse), "--out", str(tmp_path / "matrix"))
    strict = _paywright(
        "compare", str(run), str(worse), "--out", str(tmp_path / "matrix"), "--fail-on-regression"
    )
    (worse / "results" / "PGC-HLT-001.json").unlink()
    refused = _paywright("compare", str(run), str(worse), "--out", str(tmp_path / "matrix"))

    assert (ended.returncode, strict.returncode, refused.returncode) == (0, 1, 2)
    assert "PGC-HLT-001" in ended.stdout
    assert "broken since the first run: PGC-HLT-001" in strict.stderr
    rows = _json(tmp_path / "matrix" / "matrix.json")["requirements"]
    assert [row["change"] for row in rows] == ["broken", "same"]
    assert "report.html#PGC-HLT-001" in (tmp_path / "matrix" / "matrix.html").read_text()


def test_compare_grades_gateways_given_by_address(sandbox: Sandbox, tmp_path: Path) -> None:
    """
    Two dialects' profiles on one gateway, graded now.
    """
    ended = _paywright(
        "compare", sandbox.urls.api, f"naga={sandbox.urls.api}", "--only", "PGC-HLT-001", "--out", str(tmp_path), "--json",
    )  # fmt: skip
    document = json.loads(ended.stdout)

    assert ended.returncode == 0, ended.stderr
    assert [(r["name"], r["profile"]) for r in document["runs"]] == [
        ("1-canonical", "canonical"),
        ("2-naga", "naga"),
    ]
    assert document["requirements"][0]["verdicts"] == ["pass", "pass"]


def test_bundles_are_verified_and_rerun(run: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    """
    Whole; one byte changed is named; an edited and newly signed run holds, and is caught when its lock runs again.
    """
    key, bundle = tmp_path / "me.pem", tmp_path / "run.tar"
    public = _paywright("bundle", "key", str(key)).stdout.strip()
    _paywright("bundle", "sign", str(run), "--key", str(key), "--out", str(bundle))
    forged = tmp_path / "forged.tar"
    edited = _edited(run, tmp_path / "edited", Verdict.DIALECT)
    _paywright("bundle", "sign", str(edited), "--key", str(key), "--out", str(forged))

    whole = _paywright("bundle", "verify", str(bundle), "--public-key", public)
    again = _paywright("bundle", "verify", str(bundle), "--rerun", sandbox.urls.api)
    caught = _paywright("bundle", "verify", str(forged), "--rerun", sandbox.urls.api)
    stranger = _paywright("bundle", "verify", str(bundle), "--public-key", "00" * 32)
    content = bytearray(bundle.read_bytes())
    content[content.index(b"conformant: all")] ^= 1
    bundle.write_bytes(content)
    changed = _paywright("bundle", "verify", str(bundle))

    assert key.stat().st_mode & 0o077 == 0
    assert whole.returncode == 0, whole.stderr
    assert "repeats: 2 verdicts alike" in again.stdout, again.stderr
    assert caught.returncode == 1
    assert "PGC-HLT-001: claimed dialect, found pass" in caught.stderr
    assert (stranger.returncode, changed.returncode) == (1, 1)
    assert "was changed" in changed.stderr
    assert "signed with another key" in stranger.stderr


@pytest.mark.serial
def test_a_seed_repeats_a_run(tmp_path: Path) -> None:
    """
    N5: two processes, two sandboxes, one seed: the same verdicts, the same transcript; another seed, another transcript.
    """
    locks = []
    for number, seed in enumerate(("same", "same", "other")):
        out = tmp_path / str(number)
        ended = _paywright(
            "conformance", "self", "--no-browser", "--seed", seed, "--only", "PGC-[OI]??-00*", "--out", str(out),
        )  # fmt: skip
        assert ended.returncode == 0, ended.stdout + ended.stderr
        locks.append(_json(out / "run.lock"))

    assert locks[0]["verdicts_sha256"] == locks[1]["verdicts_sha256"]
    assert locks[0]["transcript_sha256"] == locks[1]["transcript_sha256"]
    assert locks[0]["transcript_sha256"] != locks[2]["transcript_sha256"]
