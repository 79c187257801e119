"""
The target's test clock: freeze it, move it, give it back.  Only for targets that declare `clock`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from conformance.harness import expect
from conformance.harness.target import Gateway


class BusinessClock:
    """
    The target's clock while a case holds it.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def tell(self, **fields: Any) -> None:
        """
        POST these members; `blocked` unless the target answers 200.
        """
        gateway = self._gateway
        answer = await gateway.client.send("POST", gateway.path("clock"), body=fields, auth={})
        expect.precondition(answer, 200)

    async def advance(self, by: str) -> None:
        """
        Move forward by a duration such as `24h`; returns when everything due by then has settled.
        """
        await self.tell(advance=by)


@asynccontextmanager
async def frozen(gateway: Gateway, *, hours_ago: int = 0) -> AsyncIterator[BusinessClock]:
    """
    Hold the clock still, at an instant `hours_ago` before now, and give it back as it was.

    A case that moves the clock forward starts in the past, so that nothing it makes is newer than what later cases make.
    """
    before = await gateway.get("clock", auth={})
    expect.precondition(before, 200)
    mode, now = (str(expect.field(before, name)) for name in ("mode", "now"))
    start = datetime.fromisoformat(now) - timedelta(hours=hours_ago)
    clock = BusinessClock(gateway)
    await clock.tell(mode="frozen", now=_instant(start))
    try:
        yield clock
    finally:
        given_back = {"mode": mode} if mode == "real" else {"mode": mode, "now": now}
        await clock.tell(**given_back)


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
