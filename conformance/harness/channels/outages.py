"""
The scenes that need process control: a worker that is stopped, restarted with other settings, and killed in the middle of a batch.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from conformance.harness import expect
from conformance.harness.channels.bank import BankGates
from conformance.harness.channels.endpoint import Endpoint
from conformance.harness.channels.processes import Processes
from conformance.harness.channels.retrying import (
    PRODUCTION_DELAYS_S,
    Gateways,
    RetryScene,
    play_retries,
)
from conformance.harness.channels.subscription import Subscription
from conformance.harness.channels.waiting import Waiting, a_failing_webhook
from conformance.harness.client import Answer
from conformance.harness.clock import monotonic_s, wait_until
from conformance.harness.evidence import Transcript
from conformance.harness.inbox import Inbox
from conformance.harness.outcomes import Blocked, Untested
from conformance.harness.target import Gateway

#: Seconds in which a stopped worker must show.  Source: reliability P9.
STOPPED_WITHIN_S: Final = 15.0
STARTED_WITHIN_S: Final = 30.0
#: Payments in a batch that is interrupted; enough to have some done, some under way and some waiting.
BATCH: Final = 40
#: Keyed requests that are under way when the API is killed.
KEYS: Final = 16
#: Seconds after the restart; public gateways on Bull need a minute for the job in flight.
RECOVERED_WITHIN_S: Final = 90.0
#: Seconds after the restart in which a retry must come that was due five seconds after its failure; pollers look every ten.
RETRIED_WITHIN_S: Final = 30.0
_FINAL: Final = ("success", "failed")
_SUCCESS: Final = "payment.success"
_KEYS_TRIED: Final = 200
#: Seconds before a caller repeats a request that got no answer.
_PAUSE_S: Final = 0.25
_CREATED: Final = 201
PRODUCTION: Final[Mapping[str, str]] = {"WEBHOOK_RETRY_INTERVALS_TEST": "false"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedWorker:
    """
    What the target said and did while no worker ran; and whether it went on afterwards.
    """

    before: Answer
    status: Answer
    stopped_after_s: float | None
    created: tuple[Answer, ...]
    while_down: tuple[Answer, ...]
    counted: Answer
    running_again: bool
    decided: tuple[str, ...]
    waiting: Waiting | Blocked | None

    def came_back(self) -> bool:
        """
        Whether `worker_status` became `running` again; `blocked` when it was never anything else.
        """
        if self.stopped_after_s is None:
            raise Blocked("worker_status was never stopped, so that running says nothing")
        return self.running_again

    async def came_again(self, inbox: Inbox) -> bool:
        """
        Whether the webhook that waited for its second attempt while the worker was down was sent again; `untested` without webhooks, `blocked` when none came.
        """
        if self.waiting is None:
            raise Untested("the target could not be told where to deliver webhooks")
        if isinstance(self.waiting, Blocked):
            raise self.waiting
        waiting = self.waiting

        async def look() -> bool | None:
            if len(waiting.endpoint.about(waiting.order_id, _SUCCESS)) > 1:
                return True
            named = (d.body for d in await inbox.all() if d.event == _SUCCESS)
            return True if any(waiting.order_id.encode() in body for body in named) else None

        return bool(await wait_until(look, within_s=RETRIED_WITHIN_S))


async def jobs(gateway: Gateway) -> Answer:
    """
    GET /test/jobs/status.
    """
    return await gateway.get("jobs_status", auth={})


def member(answer: Answer, name: str) -> Any:
    """
    A member of the answer, None when there is none.
    """
    return answer.document.get(name) if isinstance(answer.document, dict) else None


async def _says(gateway: Gateway, wanted: str, *, within_s: float) -> Answer | None:
    async def look() -> Answer | None:
        answer = await jobs(gateway)
        return answer if member(answer, "worker_status") == wanted else None

    return await wait_until(look, within_s=within_s)


async def _a_waiting_webhook(
    gateway: Gateway, subscription: Subscription, endpoint: Endpoint
) -> Waiting | Blocked | None:
    """
    A target that sends no webhooks can still be asked about its worker.
    """
    if subscription.home is None:
        return None
    try:
        return await a_failing_webhook(gateway, subscription, endpoint)
    except Blocked as reason:
        return reason


async def play_stopped_worker(
    gateway: Gateway, subscription: Subscription, endpoint: Endpoint, processes: Processes
) -> StoppedWorker:
    """
    Have a webhook refused, stop the worker, look, create payments, look again, start it with the production schedule.
    """
    waiting = await _a_waiting_webhook(gateway, subscription, endpoint)
    before = await jobs(gateway)
    began_s = monotonic_s()
    await processes.stop("worker")
    stopped = await _says(gateway, "stopped", within_s=STOPPED_WITHIN_S)
    after_s = None if stopped is None else monotonic_s() - began_s
    status = stopped or await jobs(gateway)
    order_id = await gateway.order()
    created = [await gateway.upi_payment(order_id, vpa="success@bank") for _ in range(3)]
    ids = [str(member(answer, "id")) for answer in created]
    while_down = [await gateway.get("payment", payment_id=payment_id) for payment_id in ids]
    counted = await jobs(gateway)
    await processes.start("worker", PRODUCTION)
    running = await _says(gateway, "running", within_s=STARTED_WITHIN_S)
    decided = [await gateway.decided(payment_id) for payment_id in ids]
    return StoppedWorker(
        before=before,
        status=status,
        stopped_after_s=after_s,
        created=tuple(created),
        while_down=tuple(while_down),
        counted=counted,
        running_again=running is not None,
        decided=tuple(str(document.get("status")) for document in decided),
        waiting=waiting,
    )


async def play_production(
    gateways: Gateways, subscription: Subscription, endpoint: Endpoint
) -> RetryScene:
    """
    One webhook that is never taken, by the schedule that the worker runs since it was started with the production setting.
    """
    return await play_retries(
        gateways, subscription, endpoint, names=["exhausted"], delays_s=PRODUCTION_DELAYS_S
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """
    A batch of payments during which the worker was killed.  `decided_before` were final when it happened; `notes` say where the bank was held.
    """

    payment_ids: tuple[str, ...]
    decided_before: Mapping[str, Any]
    endpoint: Endpoint
    notes: tuple[dict[str, Any], ...] = ()

    async def left_pending(self, gateway: Gateway, transcript: Transcript) -> list[str]:
        """
        The payments that are still undecided after `RECOVERED_WITHIN_S`.
        """
        transcript.notes.extend([{"batch of payments": len(self.payment_ids)}, *self.notes])
        left = list(self.payment_ids)

        async def look() -> bool | None:
            while left:
                shown = await gateway.get("payment", payment_id=left[0])
                if member(shown, "status") not in _FINAL:
                    return None
                left.pop(0)
            return True

        await wait_until(look, within_s=RECOVERED_WITHIN_S)
        return left

    async def unannounced(self, inbox: Inbox) -> list[str]:
        """
        The payments whose `payment.success` has come neither to the inbox nor to the suite's own endpoint; `blocked` when none ever came, killed or not.
        """

        async def look() -> bool | None:
            bodies = await self._bodies(inbox)
            return True if all(_named(i, bodies) for i in self.payment_ids) else None

        await wait_until(look, within_s=RECOVERED_WITHIN_S)
        bodies = await self._bodies(inbox)
        missing = [i for i in self.payment_ids if not _named(i, bodies)]
        if len(missing) == len(self.payment_ids):
            raise Blocked(f"no {_SUCCESS} came at all, before the worker was killed or after")
        return missing

    async def changed(self, gateway: Gateway) -> list[str]:
        """
        The payments whose decision is another one now.
        """
        now = {
            i: member(await gateway.get("payment", payment_id=i), "status")
            for i in self.payment_ids
        }
        return [i for i, status in self.decided_before.items() if now[i] != status]

    async def announced_differently(self, inbox: Inbox) -> list[str]:
        """
        The payments whose `payment.success` came with more than one body.
        """
        bodies = await self._bodies(inbox)
        return [i for i in self.payment_ids if len(_named(i, bodies)) > 1]

    async def _bodies(self, inbox: Inbox) -> set[bytes]:
        """
        While another scene plays, webhooks go to its endpoint.
        """
        calls = [call.body for call in self.endpoint.calls if call.event == _SUCCESS]
        return {*calls, *(d.body for d in await inbox.all() if d.event == _SUCCESS)}


def _named(entity_id: str, bodies: Iterable[bytes]) -> list[bytes]:
    return [body for body in bodies if entity_id.encode() in body]


async def play_killed_worker(
    gateway: Gateway,
    inbox: Inbox,
    endpoint: Endpoint,
    processes: Processes,
    gates: BankGates,
) -> Interrupted:
    """
    Create a batch, SIGKILL the worker when the first webhook has come, start it again with its usual settings.

    Where the bank can be held, some of the batch have their money moved there and the answer still before them.
    """
    orders = [await gateway.order() for _ in range(BATCH)]
    creating = asyncio.gather(
        *(gateway.upi_payment(order_id, vpa="success@bank") for order_id in orders)
    )
    await inbox.any_of([(_SUCCESS, order_id) for order_id in orders], within_s=10.0)
    async with gates.held(gateway, "authorise", at="after") as gate:
        await gate.until_somebody_waits()
        await processes.kill("worker")
    answers = await creating
    ids = [str(member(answer, "id")) for answer in answers if answer.status == _CREATED]
    shown = await asyncio.gather(*(gateway.get("payment", payment_id=i) for i in ids))
    await processes.start("worker", {})
    states = {i: member(answer, "status") for i, answer in zip(ids, shown, strict=True)}
    return Interrupted(
        payment_ids=tuple(ids),
        decided_before={i: state for i, state in states.items() if state in _FINAL},
        endpoint=endpoint,
        notes=tuple(gateway.client.transcript.notes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KilledApi:
    """
    A batch of keyed requests during which the API was killed: the ids that each key was answered, and the payments that the orders have in the end, where payments
    are listed.
    """

    ids_by_key: Mapping[str, frozenset[str]]
    listed: frozenset[str] | Blocked

    def orphans(self) -> frozenset[str]:
        """
        Payments of the orders that no key is answered with; `blocked` when the target does not list payments.
        """
        if isinstance(self.listed, Blocked):
            raise self.listed
        return self.listed.difference(*self.ids_by_key.values())


async def play_killed_api(gateway: Gateway, processes: Processes, *, seed: str) -> KilledApi:
    """
    SIGKILL the API while creations are under way, start it, and have every caller repeat with its key.
    """
    keys = {f"{seed}-killed-api-{n}": await gateway.order() for n in range(KEYS)}
    seen: dict[str, set[str]] = {key: set() for key in keys}

    async def insist(key: str) -> None:
        for _ in range(_KEYS_TRIED):
            try:
                answer = await gateway.upi_payment(keys[key], vpa="success@bank", key=key)
            except httpx.HTTPError:
                await asyncio.sleep(_PAUSE_S)
                continue
            found = member(answer, "id")
            if answer.status == _CREATED and isinstance(found, str):
                seen[key].add(found)
                return
            await asyncio.sleep(_PAUSE_S)
        raise Blocked("a payment could not be created after the API was started again")

    callers = [asyncio.ensure_future(insist(key)) for key in keys]
    await asyncio.wait(callers, return_when=asyncio.FIRST_COMPLETED)
    await processes.kill("api")
    await processes.start("api", {})
    await asyncio.gather(*callers)
    for key, order_id in keys.items():
        again = await gateway.upi_payment(order_id, vpa="success@bank", key=key)
        seen[key].add(str(member(again, "id")))
    return KilledApi(
        ids_by_key={key: frozenset(ids) for key, ids in seen.items()},
        listed=await _listed(gateway, set(keys.values())),
    )


async def _listed(gateway: Gateway, order_ids: set[str]) -> frozenset[str] | Blocked:
    page = await gateway.get("payments_list", query="limit=100&offset=0")
    try:
        expect.precondition(page, 200)
    except Blocked as reason:
        return reason
    return frozenset(r["id"] for r in expect.rows(page) if r.get("order_id") in order_ids)
