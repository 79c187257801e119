"""
What becomes of one webhook: verified over its raw bytes, processed once, kept, then answered.
"""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from quart import Response, request

from merchant_receiver.answering import UNAUTHORISED, answer, refuse
from merchant_receiver.behaviour import Behaviour
from merchant_receiver.clock import FollowerClock
from merchant_receiver.config import Settings
from merchant_receiver.inbox import Delivery, Inbox
from sdk.python.webhooks import Check, Status, check_legacy, check_standard, header

WireHeaders = Sequence[tuple[str, str]]


def format_instant(at: datetime) -> str:
    """
    ISO 8601 UTC with microseconds.
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    What the signatures say.
    """

    legacy: Check
    standard: Check

    @property
    def is_verified(self) -> bool:
        """
        Every family that is present is valid, and one is present.
        """
        present = [c for c in (self.legacy, self.standard) if c.status is not Status.MISSING]
        return bool(present) and all(check.status is Status.VALID for check in present)


def judge(
    body: bytes,
    headers: WireHeaders,
    *,
    webhook_secrets: Sequence[str],
    signing_secrets: Sequence[str],
    now_s: float,
) -> Verdict:
    """
    Check both signature families over the raw bytes.  Nothing that a sender writes can make it raise.
    """
    return Verdict(
        legacy=check_legacy(body, headers, webhook_secrets),
        standard=check_standard(body, headers, signing_secrets, now_s=now_s),
    )


def wire_headers() -> list[tuple[str, str]]:
    """
    The request's headers as they came: spelling, order and repetitions; bytes as Latin-1, as HTTP reads them.
    """
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.scope["headers"]]  # fmt: skip


def event_of(body: bytes) -> str | None:
    """
    The event's name, None when the body does not say.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    event = document.get("event", document.get("type")) if isinstance(document, dict) else None
    return event if isinstance(event, str) else None


class Receiver:
    """
    The merchant's server: its inbox, secrets, clock and manners.
    """

    def __init__(self, settings: Settings, inbox: Inbox, clock: FollowerClock) -> None:
        self.inbox = inbox
        self.clock = clock
        self.behaviour = Behaviour()
        self.webhook_secrets = settings.webhook_secrets
        self.signing_secrets = settings.signing_secrets
        self._arrival = asyncio.Condition()

    async def take(self, inbox: str, body: bytes, headers: WireHeaders) -> Response:
        """
        Verify, process once, keep, answer.  Between looking for a duplicate and keeping this one nothing else runs.
        """
        arrived_s, now = self.clock.monotonic_s(), self.clock.now()
        verdict = judge(
            body,
            headers,
            webhook_secrets=self.webhook_secrets,
            signing_secrets=self.signing_secrets,
            now_s=now.timestamp(),
        )
        event, webhook_id = event_of(body), header(headers, "webhook-id")
        plan = self.behaviour.plan(inbox, event) if verdict.is_verified else None
        status = UNAUTHORISED if not verdict.is_verified else plan.status if plan else 200
        key = webhook_id or hashlib.sha256(body).hexdigest()
        self.inbox.add(
            Delivery(
                inbox=inbox,
                received_at=format_instant(now),
                arrived_monotonic_s=arrived_s,
                method=request.method,
                path=request.path,
                headers=headers,
                body=body,
                event=event,
                webhook_id=webhook_id,
                dedupe_key=key,
                verified=verdict.is_verified,
                duplicate=verdict.is_verified and self.inbox.was_processed(inbox, key),
                processed=200 <= status < 300,  # noqa: PLR2004  2xx
                answer_status=status,
                legacy=verdict.legacy,
                standard=verdict.standard,
            )
        )
        async with self._arrival:
            self._arrival.notify_all()
        return await answer(plan) if verdict.is_verified else refuse()

    async def received(self, wait_s: float, **filters: Any) -> list[dict[str, Any]]:
        """
        What matches the filters; waits up to `wait_s` real seconds for the first.
        """
        deadline = self.clock.monotonic_s() + wait_s
        async with self._arrival:
            while True:
                found = self.inbox.list(**filters)
                left_s = deadline - self.clock.monotonic_s()
                if found or left_s <= 0:
                    return found
                try:
                    async with asyncio.timeout(left_s):
                        await self._arrival.wait()
                except TimeoutError:
                    return self.inbox.list(**filters)
