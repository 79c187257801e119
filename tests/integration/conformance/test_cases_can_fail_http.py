"""
Every requirement can fail: small wrong gateways, each of which must fail exactly the requirements that its defect breaks.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from paywright.pytest_plugin import SandboxFactory
from paywright.sandbox import Sandbox
from tests.integration.conformance.wrong import front as fronts
from tests.integration.conformance.wrong import (
    identity,
    keys,
    money,
    orders,
    payments,
    promises,
    wire,
)
from tests.integration.conformance.wrong.front import DEFECTS, Defect, Front, running_front
from tests.integration.conformance.wrong.grading import Grader, failures

#: Importing a module registers its defects.
MODULES = (identity, orders, payments, money, keys, wire, promises)


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
    one = Grader(reference.urls.receiver, str(profile))
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

    failed = failures(found)
    assert set(failed) == wrong.fails, failed


async def test_two_merchants_of_the_reference_are_apart(front: Front, grader: Grader) -> None:
    """
    Without a defect the isolation of merchants holds; the canonical run cannot look at it, as the contract has one merchant.
    """
    front.become(None)

    found = await grader.grade(front.url, "PGC-ISO-*", "plain")

    assert len(found) == 12
    assert {name: told for name, told in found.items() if told[0] != "pass"} == {}
