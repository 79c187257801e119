"""
`paywright probe`: what it writes is what the ready profile says, the loader takes it, and unknown things stay unknown.
"""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.harness.dialects.serving import speaking
from conformance.harness.ports import free_port
from conformance.harness.probing.findings import checked, same_as_ready
from conformance.harness.probing.probe import ProbeSettings, probe
from conformance.harness.profile import load_profile
from conformance.harness.rng import new_seed
from paywright.sandbox import Sandbox
from tests.integration.conformance.null_gateways import null_gateway

#: What the reference adds to every dialect that it speaks through the adapter, seen or not by the dialect's own profile.
_REFERENCE = {"standard_webhooks", "decline_vpa", "clock", "public_routes"}


@pytest.mark.parametrize("name", ["naga", "ramesh", "surya"])
async def test_probe_finds_the_dialect(sandbox: Sandbox, name: str) -> None:
    """
    Paths, shapes, statuses, codes and the way to set the webhook address.
    """
    wanted = load_profile(name)
    async with speaking(wanted, sandbox.urls.api) as target:
        settings = ProbeSettings(
            target=target,
            receiver=sandbox.urls.receiver,
            receiver_address=sandbox.urls.receiver,
            seed=new_seed(),
        )
        found, profile = await _probed(settings, name)

    for section in ("fields", "answers", "shape", "webhook"):
        assert profile.data[section] == wanted.data[section], section
    asked = (
        "orders",
        "payments",
        "payments_list",
        "refunds",
        "refund",
        "webhooks",
        "webhook_retry",
    )
    assert {p: profile.data["paths"][p] for p in asked} == {p: wanted.data["paths"][p] for p in asked}  # fmt: skip
    assert profile.statuses("replay", 201) == wanted.statuses("replay", 201)
    assert profile.codes("NOT_FOUND_ERROR") == wanted.codes("NOT_FOUND_ERROR")
    has = set(profile.data["capabilities"]["has"])
    assert "test_retry_schedule" in has
    assert has - _REFERENCE <= set(wanted.data["capabilities"]["has"])
    assert "# unknown" not in found or name == "ramesh"


async def _probed(settings: ProbeSettings, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    return checked(await probe(settings), name, settings.target)


async def test_command_writes_a_profile_that_grades(sandbox: Sandbox, tmp_path: Path) -> None:
    """
    Probe the reference, then grade it with what the probe wrote.
    """
    out = tmp_path / "found.toml"
    run = await asyncio.to_thread(_run, "probe", sandbox.urls.api, "--out", str(out))
    assert run.returncode == 0, run.stderr

    options = ["--profile", str(out), "--receiver", sandbox.urls.receiver]
    options += ["--out", str(tmp_path / "reports"), "--only", "PGC-[OP]*-00[1-3]"]
    graded = await asyncio.to_thread(_run, "conformance", "run", "--target", sandbox.urls.api, *options)  # fmt: skip

    assert graded.returncode == 0, graded.stdout + graded.stderr
    assert 'name = "found"' in out.read_text()


def _run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "paywright.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


async def test_gateway_that_does_nothing_stays_unknown(sandbox: Sandbox, tmp_path: Path) -> None:
    """
    A probe of empty answers guesses nothing: webhooks have no way to be set, and what was not seen is listed.
    """
    out = tmp_path / "empty.toml"
    with null_gateway("empty") as target:
        run = await asyncio.to_thread(_run, "probe", target, "--out", str(out))

    assert run.returncode == 0, run.stderr
    text = out.read_text()
    assert "configure = {}" in text
    assert "# unknown: orders: POST /orders answered 200" in text
    assert "? webhook.configure" in run.stderr
    assert same_as_ready(load_profile(str(out))) == []


def test_nobody_there_is_4(tmp_path: Path) -> None:
    """
    One line, no file.
    """
    out = tmp_path / "nobody.toml"
    run = _run("probe", f"http://127.0.0.1:{free_port()}", "--out", str(out))

    assert run.returncode == 4
    assert run.stderr.count("\n") == 1
    assert not out.exists()
