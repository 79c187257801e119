"""
The reference gateway behind the dialect adapter, graded in every ready dialect: what a profile says and what the suite makes of it fit together.
"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.harness.dialects.serving import speaking
from conformance.harness.profile import load_profile, profile_from_text, ready_profiles
from paywright.sandbox import Sandbox

RUN = [sys.executable, "-m", "paywright.cli", "conformance", "run"]
#: One requirement of what is made and one of what is refused in each group that a profile can re-shape.
SUBSET = "PGC-[ACHJOPRTW][AELUORH]*-00[13]"
#: The dialect that re-shapes the most is graded with the first nine of each group that it can re-shape; without a clock, webhook groups would wait in real time.
LARGEST = "ramesh"
MOST = "PGC-[ACEHIOPR][AERDUL][DEFPRTY]-00*"
#: A dialect that nobody speaks, with everything a profile can change at once.
STRANGE = """
name = "strange"
[auth]
key_header = "X-Key"
secret_header = "X-Secret"
[paths]
orders = "/v2/bills"
order = "/v2/bills/{order_id}"
order_public = "/v2/open/bills/{order_id}"
refunds = "/v2/refunds"
refund = "/v2/refunds/{refund_id}"
[fields]
order_id = "bill"
[answers]
pending = "pending_jobs"
[shape]
card = "flat"
unwrap = "data"
requests = "camel"
answers = "camel"
[status]
validation = [422]
replay = [200]
[codes]
INVALID_VPA = ["BAD_VPA"]
[webhook]
configure = { method = "POST", path = "/v2/hook", field = "target", members = { kind = "all" } }
[capabilities]
has = ["test_retry_schedule", "public_routes", "decline_vpa", "clock"]
"""


async def _grade(target: str, profile: str, sandbox: Sandbox, out: Path, *only: str) -> Any:
    options = ["--target", target, "--profile", profile, "--receiver", sandbox.urls.receiver]
    run = await asyncio.to_thread(
        subprocess.run,
        [*RUN, *options, "--out", str(out), *only],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert run.returncode in (0, 1, 3), run.stderr
    return json.loads((out / "results.json").read_text())


def _others(results: Any) -> dict[str, str]:
    """
    Requirements that failed, were blocked or broke the suite, with their reasons.
    """
    fine = ("pass", "dialect", "not_applicable", "untested")
    found = results["requirements"]
    return {r["id"]: f"{r['verdict']}: {r['reason']}" for r in found if r["verdict"] not in fine}


@pytest.mark.parametrize("name", [n for n in ready_profiles() if n not in ("canonical", LARGEST)])
async def test_reference_is_conformant_in_every_ready_dialect(
    sandbox: Sandbox, tmp_path: Path, name: str
) -> None:
    """
    Nothing fails, and what the profile declares otherwise is seen as a dialect, not as the contract.
    """
    profile = load_profile(name)
    async with speaking(profile, sandbox.urls.api) as target:
        results = await _grade(target, name, sandbox, tmp_path, "--only", SUBSET)

    assert _others(results) == {}
    verdicts = {r["id"]: r["verdict"] for r in results["requirements"]}
    assert {verdicts[f"PGC-{group}-001"] for group in ("ORD", "PAY", "REF", "WHK")} == {"pass"}
    declared = profile.data["status"].get("unknown") or profile.codes("NOT_FOUND_ERROR")[1:]
    differs = bool(declared) or profile.shape("error") != "nested"
    assert verdicts["PGC-CAP-003"] == ("dialect" if differs else "pass")


async def test_reference_is_conformant_in_the_largest_dialect(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """
    Paths, error envelope, statuses.
    """
    async with speaking(load_profile(LARGEST), sandbox.urls.api) as target:
        results = await _grade(target, LARGEST, sandbox, tmp_path, "--only", MOST)

    assert _others(results) == {}
    assert results["counts"]["pass"] > 30
    assert results["counts"]["dialect"] > 3


async def test_reference_is_conformant_in_a_dialect_of_everything(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """
    Other headers, paths, names, case, envelope, statuses and codes at once.
    """
    own = tmp_path / "strange.toml"
    own.write_text(STRANGE)
    async with speaking(profile_from_text(STRANGE, "strange.toml"), sandbox.urls.api) as target:
        results = await _grade(target, str(own), sandbox, tmp_path / "out")

    assert _others(results) == {}
    verdicts = {r["id"]: r["verdict"] for r in results["requirements"]}
    assert verdicts["PGC-IDM-001"] == verdicts["PGC-PAY-005"] == "dialect"


async def test_another_dialect_than_the_profile_says_is_seen(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """
    The adapter is no rubber stamp: a target that speaks ramesh and is graded as canonical fails.
    """
    async with speaking(load_profile("ramesh"), sandbox.urls.api) as target:
        results = await _grade(target, "canonical", sandbox, tmp_path, "--only", "PGC-[OR]*-00*")

    assert {"PGC-ORD-004", "PGC-REF-005"} <= set(_others(results))
