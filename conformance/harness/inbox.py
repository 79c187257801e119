"""
Reads the receiver over HTTP: what the target delivered, byte for byte.
"""

import base64
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from conformance.harness import expect
from conformance.harness.clock import monotonic_s, wait_until
from conformance.harness.evidence import Transcript
from conformance.harness.outcomes import Blocked, RequirementFailed, Untested

#: What is signed rightly is taken.  What is not the receiver refuses with 401 whatever its rules say, so that a second attempt tells of the signature, not of the schedule.
_TAKE: Final = {"status": 200}


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

    @property
    def shown(self) -> str:
        """
        The beginning of the body, for messages.
        """
        return self.body[:200].decode("utf-8", "replace")

    def member(self, path: str) -> Any:
        """
        A member of the body by dotted path; fails when there is none.
        """
        return expect.member(self.document, path, self.shown)

    def has(self, *paths: str) -> None:
        """
        Fail unless the body has these members.
        """
        for path in paths:
            self.member(path)

    def check(self, expected: Mapping[str, Any]) -> None:
        """
        Fail unless these members of the body have these values.
        """
        for path, value in expected.items():
            expect.equal(self.member(path), value, path)

    def note(self) -> dict[str, Any]:
        """
        For the evidence.
        """
        return {
            "webhook": self.event,
            "received_at": self.record["received_at"],
            "headers": self.record["headers"],
            "body": self.record["body_text"],
        }


@dataclass(slots=True)
class Mailbox:
    """
    What a run has fetched of its inbox so far, so that each look asks for the news alone.
    """

    deliveries: list[Delivery] = field(default_factory=list)
    last_seq: int = 0


class Inbox:
    """
    The receiver's inbox of this run.  `configured` False: the target was not told where to deliver, so nothing can be seen.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        name: str,
        transcript: Transcript,
        *,
        configured: bool,
        mailbox: Mailbox | None = None,
    ) -> None:
        self._http = http
        self._mailbox = mailbox or Mailbox()
        self._name = name
        self._transcript = transcript
        self._configured = configured

    async def all(self) -> list[Delivery]:
        """
        Everything that arrived so far.
        """
        box = self._mailbox
        query: dict[str, str | int] = {
            "inbox": self._name,
            "limit": 5000,
            "after": box.last_seq,
        }
        answer = await self._http.get("/received", params=query)
        for record in answer.json()["received"]:
            if record["seq"] > box.last_seq:
                box.deliveries.append(Delivery(record))
                box.last_seq = record["seq"]
        return list(box.deliveries)

    def _check_configured(self) -> None:
        if not self._configured:
            raise Untested(
                "the target could not be told where to deliver webhooks (profile: webhook.configure)"
            )

    async def all_of(self, wanted: Iterable[tuple[str, str]], *, within_s: float) -> None:
        """
        Wait until each of these (event, entity id) has come, at most `within_s`.
        """
        self._check_configured()
        missing = set(wanted)

        async def look() -> bool | None:
            for delivery in await self.all():
                for event, entity_id in tuple(missing):
                    if delivery.event == event and entity_id.encode() in delivery.body:
                        missing.discard((event, entity_id))
            return None if missing else True

        await wait_until(look, within_s=within_s)

    async def any_of(self, wanted: Iterable[tuple[str, str]], *, within_s: float) -> None:
        """
        Wait until one of these (event, entity id) has come, at most `within_s`.
        """
        self._check_configured()
        pairs = [(event, entity_id.encode()) for event, entity_id in wanted]

        async def look() -> bool | None:
            for delivery in await self.all():
                if any(delivery.event == e and i in delivery.body for e, i in pairs):
                    return True
            return None

        await wait_until(look, within_s=within_s)

    async def arrival_s(self, entity_id: str, event: str, *, within_s: float) -> float | None:
        """
        Seconds until the webhook has come, None when it does not within `within_s`.
        """
        began_s = monotonic_s()
        await self.all_of([(event, entity_id)], within_s=within_s)
        waited_s = monotonic_s() - began_s
        return waited_s if waited_s < within_s else None

    async def about(
        self,
        entity_id: str,
        event: str | None = None,
        *,
        count: int = 1,
        within_s: float = 10.0,
        precondition: bool = False,
    ) -> list[Delivery]:
        """
        Deliveries whose body names the entity, once there are `count`; fails when they do not come in time, or is `blocked` where their coming is only
        a precondition.
        """
        found = await self.arrive(entity_id, event, count=count, within_s=within_s)
        self._transcript.notes += [delivery.note() for delivery in found]
        if len(found) < count:
            ending = Blocked if precondition else RequirementFailed
            raise ending(
                f"expected {count} webhook(s){f' {event}' if event else ''} about {entity_id} within {within_s:g} s, got {len(found)}"
            )
        return found

    async def arrive(
        self, entity_id: str, event: str | None = None, *, count: int, within_s: float
    ) -> list[Delivery]:
        """
        Deliveries whose body names the entity, once there are `count`, or what there is after `within_s`.
        """
        self._check_configured()

        def wanted(delivery: Delivery) -> bool:
            return entity_id.encode() in delivery.body and event in (None, delivery.event)

        return await self._when(wanted, count, within_s)

    async def _when(
        self, wanted: Callable[[Delivery], bool], count: int, within_s: float
    ) -> list[Delivery]:
        async def look() -> list[Delivery] | None:
            found = [delivery for delivery in await self.all() if wanted(delivery)]
            return found if len(found) >= count else None

        found = await wait_until(look, within_s=within_s)
        return found or [delivery for delivery in await self.all() if wanted(delivery)]

    async def more_than(self, count: int, *, within_s: float) -> bool:
        """
        Whether more than `count` webhooks have come in time.
        """
        self._check_configured()

        async def look() -> bool | None:
            return True if len(await self.all()) > count else None

        return bool(await wait_until(look, within_s=within_s))

    async def of_event(
        self, events: Collection[str], transcript: Transcript, *, within_s: float
    ) -> Delivery:
        """
        The newest webhook of one of these events, whatever it is about; fails when none comes in time.
        """
        self._check_configured()

        async def look() -> Delivery | None:
            found = [delivery for delivery in await self.all() if delivery.event in events]
            return found[-1] if found else None

        found = await wait_until(look, within_s=within_s)
        if found is None:
            raise RequirementFailed(
                f"expected a webhook {' or '.join(sorted(events))} within {within_s:g} s, got none"
            )
        transcript.notes.append(found.note())
        return found

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
        Tell the receiver how to answer this run's inbox from now on; what no rule is about is taken with 200 when its signature is right.
        """
        told = {"inbox": self._name, "rules": [*rules, _TAKE]}
        answer = await self._http.put("/behaviour", json=told)
        answer.raise_for_status()
