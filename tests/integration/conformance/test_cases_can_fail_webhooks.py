"""
Every requirement about webhooks can fail: small wrong senders, each of which must fail exactly the requirements that its defect breaks.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from paywright.sandbox import Sandbox
from tests.integration.conformance.wrong import front as fronts
from tests.integration.conformance.wrong.front import (
    Call,
    Defect,
    Forward,
    Front,
    Memory,
    Reply,
    running_front,
)
from tests.integration.conformance.wrong_hooks.defects import WRONG, Wrong
from tests.integration.conformance.wrong_hooks.relay import Relay, running_relay

CONFIG = "/api/v1/webhooks/config"
#: Real seconds for one grading, whatever else the machine does.
GRADED_WITHIN_S = 120


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def relay() -> AsyncIterator[Relay]:
    """
    What deliveries pass through.
    """
    async with running_relay() as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def front(sandbox: Sandbox) -> AsyncIterator[Front]:
    """
    What requests to the gateway pass through.
    """
    async with running_front(sandbox.urls.api) as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def grader() -> AsyncIterator["asyncio.subprocess.Process"]:
    """
    A process that grades again and again.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(fronts.__file__).with_name("grader.py")),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=2**22,
    )
    yield process
    process.kill()
    await process.wait()


def become(wrong: Wrong | None, front: Front, relay: Relay) -> None:
    """
    Deliveries go through the relay, and either side is wrong in this way.
    """
    relay.reset()
    if wrong is not None:
        relay.change, relay.status = wrong.change, wrong.status
        relay.follows, relay.holds = wrong.follows, wrong.holds

    async def spoil(call: Call, forward: Forward, memory: Memory) -> Reply:
        url = call.document.get("webhook_url")
        if call.on("PUT", CONFIG) and isinstance(url, str):
            call = call.saying({**call.document, "webhook_url": relay.address(url)})
        if wrong is None or wrong.answer is None:
            return await forward(call)
        return await wrong.answer(call, forward, memory)

    front.become(Defect(name="", only="", fails=frozenset(), bug="", spoil=spoil))


async def grade(
    process: "asyncio.subprocess.Process", front: Front, sandbox: Sandbox, only: str, seed: str
) -> dict[str, tuple[str, str]]:
    """
    Verdict and reason by requirement.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    wanted = {"target": front.url, "receiver": sandbox.urls.receiver, "profile": "canonical"}
    process.stdin.write(json.dumps({**wanted, "only": only, "seed": seed}).encode() + b"\n")
    line = await asyncio.wait_for(process.stdout.readline(), GRADED_WITHIN_S)
    return {name: (told[0], told[1]) for name, told in json.loads(line).items()}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
async def test_wrong_sender_fails_exactly_this(
    wrong: Wrong,
    front: Front,
    relay: Relay,
    grader: "asyncio.subprocess.Process",
    sandbox: Sandbox,
) -> None:
    """
    Exactly the requirements that the defect breaks fail; everything else that was looked at does not.
    """
    become(wrong, front, relay)

    found = await grade(grader, front, sandbox, wrong.only, wrong.name)

    failed = {name: reason for name, (verdict, reason) in found.items() if verdict == "fail"}
    odd = {name: reason for name, (verdict, reason) in found.items() if verdict == "error"}
    assert set(failed) == wrong.fails, failed
    assert not odd


async def test_the_relay_alone_spoils_nothing(
    front: Front, relay: Relay, grader: "asyncio.subprocess.Process", sandbox: Sandbox
) -> None:
    """
    Without a defect everything passes through front and relay, so that each failure above is its defect's.
    """
    become(None, front, relay)

    found = await grade(grader, front, sandbox, "PGC-[WRS][HTI][KYG]-*", "plain")

    assert {name: told for name, told in found.items() if told[0] != "pass"} == {
        name: told for name, told in found.items() if told[0] == "untested"
    }
    assert sum(verdict == "pass" for verdict, _ in found.values()) >= 60
