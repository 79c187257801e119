"""
Tells the target where to deliver webhooks, as the profile says.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from conformance.harness import expect
from conformance.harness.client import Answer
from conformance.harness.outcomes import Untested
from conformance.harness.target import Gateway


class Subscription:
    """
    The merchant's webhook address.  `home` is where the run's webhooks usually go, None when the target could not be told.
    """

    def __init__(self, home: str | None) -> None:
        self.home = home

    def check(self) -> None:
        """
        Raise `Untested` when the target could not be told where to deliver.
        """
        if self.home is None:
            raise Untested(
                "the target could not be told where to deliver webhooks (profile: webhook.configure)"
            )

    async def set(self, gateway: Gateway, url: str | None) -> Answer:
        """
        Change the address; None turns webhooks off.
        """
        self.check()
        how = gateway.profile.webhook["configure"]
        body = {**how.get("members", {}), how["field"]: url}
        return await gateway.client.send(how["method"], how["path"], body=body)

    @asynccontextmanager
    async def away(self, gateway: Gateway, url: str | None) -> AsyncIterator[None]:
        """
        Another address for a while; `blocked` when the target refuses it.
        """
        answer = await self.set(gateway, url)
        expect.precondition(answer, 200)
        try:
            yield
        finally:
            await self.set(gateway, self.home)
