"""
Preconditions that many cases share.  What one case changes is made for it alone and stands in the case itself.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from conformance.harness.business_clock import frozen
from conformance.harness.evidence import Transcript
from conformance.harness.outcomes import Blocked
from conformance.harness.shelf import Shelf
from conformance.harness.target import Gateway, PaymentSeen


def pytest_configure(config: pytest.Config) -> None:
    """
    Nobody reads pytest's tracebacks of cases, and drawing them takes longer than the cases themselves.
    """
    config.option.tbstyle = "native"


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """
    The run's shared preconditions.
    """
    return Shelf()


@pytest_asyncio.fixture(loop_scope="session")
async def paid(gateway: Gateway, shelf: Shelf, transcript: Transcript) -> PaymentSeen:
    """
    A successful payment of 50 000 that no case refunds or captures.
    """
    return await shelf.once("a successful payment", transcript, gateway.successful_payment)


@pytest_asyncio.fixture(loop_scope="session")
async def abused(gateway: Gateway, shelf: Shelf, transcript: Transcript) -> PaymentSeen:
    """
    A successful payment of 50 000 for captures and refunds that should come to nothing; what they leave where they do not is no other case's matter.
    """
    return await shelf.once("a payment to abuse", transcript, gateway.successful_payment)


@pytest_asyncio.fixture(loop_scope="session")
async def carded(gateway: Gateway, shelf: Shelf, transcript: Transcript) -> PaymentSeen:
    """
    A successful card payment of 50 000 that no case refunds or captures.
    """

    async def make() -> PaymentSeen:
        return await gateway.successful_card_payment()

    return await shelf.once("a successful card payment", transcript, make)


@pytest_asyncio.fixture(loop_scope="session")
async def declined(gateway: Gateway, shelf: Shelf, transcript: Transcript) -> PaymentSeen:
    """
    A failed payment of 50 000; needs `decline_vpa`.
    """

    async def make() -> PaymentSeen:
        payment = await gateway.pending_payment(vpa="failure@bank")
        document = await gateway.decided(payment.id)
        if document.get("status") != "failed":
            raise Blocked(f"a payment did not fail: {document.get('status')}")
        return payment

    return await shelf.once("a failed payment", transcript, make)


@pytest_asyncio.fixture(loop_scope="session")
async def unpaid_order(gateway: Gateway, shelf: Shelf, transcript: Transcript) -> str:
    """
    An order of 50 000 whose payments are all refused, so that it stays without one.
    """
    return await shelf.once("an order without payments", transcript, gateway.order)


@pytest_asyncio.fixture(loop_scope="session")
async def undecided(gateway: Gateway) -> AsyncIterator[PaymentSeen]:
    """
    A payment that is pending: the clock stands still while the case runs; without `clock`, the case comes before the bank's delay is over.

    `untested` when the bank takes no time at all.
    """
    if not gateway.profile.can("clock"):
        yield await gateway.pending_payment()
        return
    async with frozen(gateway) as clock:
        payment = await gateway.pending_payment()
        await clock.advance("1ms")
        await gateway.needs_still_pending(payment.id)
        yield payment
