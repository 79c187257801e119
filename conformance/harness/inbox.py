"""
Reads the receiver over HTTP: what the target delivered, byte for byte.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from conformance.harness.clock import monotonic_s, wait_until
from conformance.harness.evidence import Transcript
from conformance.harness.outcomes import RequirementFailed, Untested


@dataclass(frozen=True, slots=True)
class Delivery:
    """
    One delivery as it arrived.
    """

    record: dict[str, Any]

    @property
    def body(self) -> bytes:
        """
        The exact bytes.
        """
        return base64.b64decode(self.record["body_base64"])

    @property
    def document(self) -> Any:
        """
        The body as JSON, None when it is not.
        """
        return self.record["json"]

    @property
    def event(self) -> str | None:
        """
        The event's name.
        """
        event = self.record["event"]
        return event if isinstance(event, str) else None

    @property
    def arrived_s(self) -> float:
        """
        When it arrived, on a monotonic clock.
        """
        return float(self.record["arrived_monotonic_s"])

    def header(self, name: str) -> str | None:
        """
        A header's value.
        """
        wanted = name.lower()
        return next((v for k, v in self.record["headers"] if k.lower() == wanted), None)


class Inbox:
    """
    The receiver's inbox of this run.  `configured` False: the target was not told where to deliver, so nothing can be seen.
    """

    def __init__(
        self, http: httpx.AsyncClient, name: str, transcript: Transcript, *, configured: bool
    ) -> None:
        self._http = http
        self._name = name
        self._transcript = transcript
        self._configured = configured

    async def all(self) -> list[Delivery]:
        """
        Everything that arrived so far.
        """
        answer = await self._http.get("/received", params={"inbox": self._name, "limit": 5000})
        return [Delivery(record) for record in answer.json()["received"]]

    async def about(
        self, entity_id: str, event: str | None = None, *, count: int = 1, within_s: float = 10.0
    ) -> list[Delivery]:
        """
        Deliveries whose body names the entity, once there are `count`; fails when they do not come in time.
        """
        if not self._configured:
            raise Untested(
                "the target could not be told where to deliver webhooks (profile: webhook.configure)"
            )

        def wanted(delivery: Delivery) -> bool:
            return entity_id.encode() in delivery.body and event in (None, delivery.event)

        found = await self._when(wanted, count, within_s)
        self._transcript.notes += [
            {
                "webhook": delivery.event,
                "received_at": delivery.record["received_at"],
                "headers": delivery.record["headers"],
                "body": delivery.record["body_text"],
            }
            for delivery in found
        ]
        if len(found) < count:
            raise RequirementFailed(
                f"expected {count} webhook(s){f' {event}' if event else ''} about {entity_id} within {within_s:g} s, got {len(found)}"
            )
        return found

    async def _when(
        self, wanted: Callable[[Delivery], bool], count: int, within_s: float
    ) -> list[Delivery]:
        async def look() -> list[Delivery] | None:
            found = [delivery for delivery in await self.all() if wanted(delivery)]
            return found if len(found) >= count else None

        found = await wait_until(look, within_s=within_s)
        return found or [delivery for delivery in await self.all() if wanted(delivery)]

    async def settle(self, *, quiet_s: float = 0.4) -> None:
        """
        Wait until nothing new has arrived for `quiet_s`.
        """
        seen, since_s = -1, monotonic_s()

        async def look() -> bool | None:
            nonlocal seen, since_s
            count = len(await self.all())
            if count != seen:
                seen, since_s = count, monotonic_s()
            return True if monotonic_s() - since_s > quiet_s else None

        await wait_until(look, within_s=10 * quiet_s)

    async def behave(self, rules: list[dict[str, Any]]) -> None:
        """
        Tell the receiver how to answer this run's inbox from now on.
        """
        answer = await self._http.put("/behaviour", json={"inbox": self._name, "rules": rules})
        answer.raise_for_status()
