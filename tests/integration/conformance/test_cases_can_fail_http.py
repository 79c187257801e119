"""
Every requirement can fail: small wrong gateways, each of which must fail exactly the requirements that its defect breaks.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from paywright.pytest_plugin import SandboxFactory
from paywright.sandbox import Sandbox
from tests.integration.conformance.wrong import front as fronts
from tests.integration.conformance.wrong import identity, keys, money, orders, payments, wire
from tests.integration.conformance.wrong.front import DEFECTS, Defect, Front, running_front

#: Importing a module registers its defects.
MODULES = (identity, orders, payments, money, keys, wire)
#: Real seconds for a few cases, whatever else the machine does.
GRADED_WITHIN_S = 120


class Grader:
    """
    One process that grades again and again; a new one after it had to be stopped.
    """

    def __init__(self, receiver: str, profile: Path) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._receiver = receiver
        self._profile = str(profile)

    async def grade(self, target: str, only: str, seed: str) -> dict[str, tuple[str, str]]:
        """
        Verdict and reason by requirement.
        """
        process = self._process or await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        wanted = {"target": target, "receiver": self._receiver, "profile": self._profile}
        line = json.dumps({**wanted, "only": only, "seed": seed}).encode() + b"\n"
        process.stdin.write(line)
        try:
            found = json.loads(await asyncio.wait_for(process.stdout.readline(), GRADED_WITHIN_S))
        except TimeoutError:
            await self.stop()
            raise
        return {name: (told[0], told[1]) for name, told in found.items()}

    async def _start(self) -> asyncio.subprocess.Process:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(Path(fronts.__file__).with_name("grader.py")),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=2**22,
        )
        return self._process

    async def stop(self) -> None:
        """
        End the process.
        """
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reference(new_sandbox: SandboxFactory) -> AsyncIterator[Sandbox]:
    """
    The reference with a bank that takes a moment: with none, no payment is ever seen pending.
    """
    async with new_sandbox(env={"TEST_PROCESSING_DELAY": "20"}) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def front(reference: Sandbox) -> AsyncIterator[Front]:
    """
    The front of the reference gateway.
    """
    async with running_front(reference.urls.api) as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def grader(
    reference: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Grader]:
    """
    A grading process with a profile that declares everything, the second merchant included.
    """
    canonical = Path(fronts.__file__).parents[4] / "conformance" / "profiles" / "canonical.toml"
    profile = tmp_path_factory.mktemp("profile") / "two.toml"
    has = canonical.read_text().split("[capabilities]")[1].split("has = [")[1].split("]")[0]
    profile.write_text(f'name = "two"\n[capabilities]\nhas = [{has}]\n')
    one = Grader(reference.urls.receiver, profile)
    yield one
    await one.stop()


@pytest.mark.parametrize("wrong", DEFECTS.values(), ids=DEFECTS)
async def test_wrong_gateway_fails_exactly_this(
    wrong: Defect, front: Front, grader: Grader
) -> None:
    """
    Exactly the requirements that the defect breaks fail; everything else that was looked at does not.
    """
    front.become(wrong)

    found = await grader.grade(front.url, wrong.only, wrong.name)

    failed = {name: reason for name, (verdict, reason) in found.items() if verdict == "fail"}
    odd = {name: reason for name, (verdict, reason) in found.items() if verdict == "error"}
    assert set(failed) == wrong.fails, failed
    assert not odd


async def test_two_merchants_of_the_reference_are_apart(front: Front, grader: Grader) -> None:
    """
    Without a defect the isolation of merchants holds; the canonical run cannot look at it, as the contract has one merchant.
    """
    front.become(None)

    found = await grader.grade(front.url, "PGC-ISO-*", "plain")

    assert len(found) == 12
    assert {name: told for name, told in found.items() if told[0] != "pass"} == {}
