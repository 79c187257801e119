"""
Every requirement about webhooks can fail: small wrong senders, each of which must fail exactly the requirements that its defect breaks.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from paywright.sandbox import Sandbox
from tests.integration.conformance.wrong.front import (
    Call,
    Defect,
    Forward,
    Front,
    Memory,
    Reply,
    running_front,
)
from tests.integration.conformance.wrong.grading import Grader, failures
from tests.integration.conformance.wrong_hooks.defects import WRONG, Wrong
from tests.integration.conformance.wrong_hooks.relay import Relay, running_relay

CONFIG = "/api/v1/webhooks/config"


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
async def grader(sandbox: Sandbox) -> AsyncIterator[Grader]:
    """
    A process that grades again and again.
    """
    one = Grader(sandbox.urls.receiver, "canonical")
    yield one
    await one.stop()


def become(wrong: Wrong | None, front: Front, relay: Relay) -> None:
    """
    Deliveries go through the relay, and either side is wrong in this way.
    """
    relay.reset()
    if wrong is not None:
        relay.change, relay.status = wrong.change, wrong.status
        relay.follows, relay.holds, relay.hears = wrong.follows, wrong.holds, wrong.hears

    async def spoil(call: Call, forward: Forward, memory: Memory) -> Reply:
        url = call.document.get("webhook_url")
        if call.on("PUT", CONFIG) and isinstance(url, str):
            call = call.saying({**call.document, "webhook_url": relay.address(url)})
        if wrong is None or wrong.answer is None:
            return await forward(call)
        return await wrong.answer(call, forward, memory)

    front.become(Defect(name="", only="", fails=frozenset(), bug="", spoil=spoil))


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
async def test_wrong_sender_fails_exactly_this(
    wrong: Wrong, front: Front, relay: Relay, grader: Grader
) -> None:
    """
    Exactly the requirements that the defect breaks fail; everything else that was looked at does not.
    """
    become(wrong, front, relay)

    found = await grader.grade(front.url, wrong.only, wrong.name)

    failed = failures(found)
    assert set(failed) == wrong.fails, failed


async def test_the_relay_alone_spoils_nothing(front: Front, relay: Relay, grader: Grader) -> None:
    """
    Without a defect everything passes through front and relay, so that each failure above is its defect's.
    """
    become(None, front, relay)

    found = await grader.grade(front.url, "PGC-[WRS][HTI][KYG]-*", "plain")

    assert {name: told for name, told in found.items() if told[0] != "pass"} == {
        name: told for name, told in found.items() if told[0] == "untested"
    }
    assert sum(verdict == "pass" for verdict, _ in found.values()) >= 60
