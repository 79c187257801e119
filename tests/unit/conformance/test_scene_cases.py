"""
Cases that look at a scene can fail: each is given a scene in which its target does exactly that wrong.
"""

import dataclasses
import json
from typing import Any, cast

import pytest

from conformance.cases.jobs import test_stopped_worker as jobs
from conformance.cases.recovery import test_killed_api as killed_api
from conformance.cases.recovery import test_killed_worker as killed_worker
from conformance.cases.retries import test_restart as restart
from conformance.cases.retries import test_slow_endpoints as slow_endpoints
from conformance.harness.channels.endpoint import Call, Endpoint, Reply
from conformance.harness.channels.outages import Interrupted, KilledApi, StoppedWorker
from conformance.harness.channels.slow import SlowScene
from conformance.harness.client import Answer
from conformance.harness.evidence import Transcript
from conformance.harness.inbox import Inbox
from conformance.harness.outcomes import Blocked, RequirementFailed
from conformance.harness.profile import load_profile
from conformance.harness.target import Gateway

PROFILE = load_profile("canonical")


def _answer(document: Any, status: int = 200) -> Answer:
    return Answer(
        status=status,
        headers={},
        body=json.dumps(document).encode(),
        document=document,
        profile=PROFILE,
    )


def _worker(**changed: Any) -> StoppedWorker:
    """
    A scene in which everything is right, but for the changes.
    """
    pending = _answer({"id": "pay_1", "status": "pending"})
    right = StoppedWorker(
        before=_answer({"pending": 0}),
        status=_answer({"pending": 0, "worker_status": "stopped"}),
        stopped_after_s=0.4,
        created=tuple(_answer({"id": "pay_1", "status": "pending"}, 201) for _ in range(3)),
        while_down=(pending, pending, pending),
        counted=_answer({"pending": 9}),
        running_again=True,
        decided=("success", "success", "success"),
        waiting=None,
    )
    return dataclasses.replace(right, **changed)


WRONG_WORKERS: dict[str, tuple[Any, dict[str, Any], str]] = {
    "always-says-running": (
        jobs.test_stopped_worker_is_seen,
        {"stopped_after_s": None, "status": _answer({"worker_status": "running"})},
        "worker_status stopped within 15 s",
    ),
    "stays-stopped": (jobs.test_started_worker_is_seen, {"running_again": False}, "running"),
    "counts-another-queue": (
        jobs.test_waiting_jobs_are_counted,
        {"counted": _answer({"pending": 2})},
        "pending to grow by 3",
    ),
    "needs-a-worker-to-answer": (
        jobs.test_payments_are_taken_without_a_worker,
        {"created": (_answer({}, 503),) * 3},
        "status",
    ),
    "works-in-the-request": (
        jobs.test_payments_are_taken_without_a_worker,
        {"created": (_answer({"status": "success"}, 201),) * 3},
        "pending",
    ),
    "decides-without-a-worker": (
        jobs.test_workers_decide,
        {"while_down": (_answer({"status": "success"}),) * 3},
        "while the worker is down",
    ),
    "decides-by-lot": (jobs.test_workers_decide, {"decided": ("success", "failed")}, "decided"),
}


@pytest.mark.parametrize("name", WRONG_WORKERS)
async def test_jobs_cases_can_fail(name: str) -> None:
    """
    And pass for a worker that is right.
    """
    case, changed, words = WRONG_WORKERS[name]

    await case(_worker())
    with pytest.raises(RequirementFailed, match=words):
        await case(_worker(**changed))


async def test_a_constant_says_nothing_about_a_start() -> None:
    """
    `running` after the start is no pass where it was said all the time.
    """
    with pytest.raises(Blocked, match="never stopped"):
        await jobs.test_started_worker_is_seen(_worker(stopped_after_s=None))


class _Batch:
    """
    An interrupted batch as its cases see it.
    """

    payment_ids = ("pay_1", "pay_2")

    def __init__(self, **wrong: list[str]) -> None:
        self._wrong = wrong

    async def left_pending(self, *_: object) -> list[str]:
        return self._wrong.get("left", [])

    async def unannounced(self, *_: object) -> list[str]:
        return self._wrong.get("lost", [])

    async def changed(self, *_: object) -> list[str]:
        return self._wrong.get("changed", [])

    async def announced_differently(self, *_: object) -> list[str]:
        return self._wrong.get("torn", [])


NOBODY = cast("Gateway", None)
EMPTY = cast("Inbox", None)


async def _no_payment_is_left(batch: Interrupted) -> None:
    await killed_worker.test_no_payment_is_left_pending(batch, NOBODY, Transcript())


async def _no_webhook_is_lost(batch: Interrupted) -> None:
    await killed_worker.test_no_webhook_is_lost(batch, NOBODY, EMPTY, Transcript())


async def _decisions_stand(batch: Interrupted) -> None:
    await killed_worker.test_decisions_stand(batch, NOBODY, Transcript())


async def _repeats_are_identical(batch: Interrupted) -> None:
    await killed_worker.test_repeated_deliveries_are_identical(batch, NOBODY, EMPTY, Transcript())


@pytest.mark.parametrize(
    ("case", "wrong"),
    [
        pytest.param(_no_payment_is_left, "left", id="pending-for-ever"),
        pytest.param(_no_webhook_is_lost, "lost", id="success-without-webhook"),
        pytest.param(_decisions_stand, "changed", id="decided-again"),
        pytest.param(_repeats_are_identical, "torn", id="another-body"),
    ],
)
async def test_recovery_cases_can_fail(case: Any, wrong: str) -> None:
    """
    One payment of the batch is enough.
    """
    await case(cast("Interrupted", _Batch()))
    with pytest.raises(RequirementFailed):
        await case(cast("Interrupted", _Batch(**{wrong: ["pay_2"]})))


async def test_killed_api_cases_can_fail() -> None:
    """
    A key that was answered with two payments, and a payment that no key was answered with.
    """
    one = frozenset({"pay_1"})
    right = KilledApi(ids_by_key={"k": one}, listed=one)
    twice = KilledApi(ids_by_key={"k": frozenset({"pay_1", "pay_2"})}, listed=one)
    orphan = KilledApi(ids_by_key={"k": one}, listed=frozenset({"pay_1", "pay_2"}))

    await killed_api.test_key_survives_a_killed_api(right)
    await killed_api.test_killed_api_leaves_no_orphan(right)
    with pytest.raises(RequirementFailed, match="more than one payment"):
        await killed_api.test_key_survives_a_killed_api(twice)
    with pytest.raises(RequirementFailed, match="no caller knows of"):
        await killed_api.test_killed_api_leaves_no_orphan(orphan)


async def test_a_target_that_lists_no_payments_answers_for_its_keys() -> None:
    """
    Only what needs the list is `blocked`.
    """
    unlisted = Blocked("needed status 200, got 404")
    right = KilledApi(ids_by_key={"k": frozenset({"pay_1"})}, listed=unlisted)
    twice = KilledApi(ids_by_key={"k": frozenset({"pay_1", "pay_2"})}, listed=unlisted)

    await killed_api.test_key_survives_a_killed_api(right)
    with pytest.raises(RequirementFailed, match="more than one payment"):
        await killed_api.test_key_survives_a_killed_api(twice)
    with pytest.raises(Blocked, match="got 404"):
        await killed_api.test_killed_api_leaves_no_orphan(right)


async def test_forgotten_retry_fails() -> None:
    """
    Wild-bugs M27: a timer in the worker's memory.
    """

    class _Forgets:
        async def came_again(self, _inbox: object) -> bool:
            return False

    with pytest.raises(RequirementFailed, match="never sent again"):
        await restart.test_retry_survives_its_worker(cast("StoppedWorker", _Forgets()), EMPTY)


def _slow(*, took_s: float, let_go: bool, sent_bytes: int = 0) -> SlowScene:
    endpoint = Endpoint("127.0.0.1")
    names = ("hangs", "drips", "endless", "slow")
    orders = {name: f"order_{name}" for name in names}
    for order_id in orders.values():
        body = json.dumps({"event": "payment.success", "data": order_id}).encode()
        call = Call(method="POST", path="/", headers=[], body=body, arrived_s=100.0, reply=Reply())
        call.ended_s, call.let_go, call.sent_bytes = 100.0 + took_s, let_go, sent_bytes
        endpoint.calls.append(call)
    return SlowScene(endpoint=endpoint, orders=orders, neighbour_s=0.1)


@pytest.mark.parametrize(
    ("case", "right", "wrong"),
    [
        pytest.param(
            slow_endpoints.test_hanging_endpoint_is_given_up,
            {"took_s": 5.1, "let_go": True},
            [
                {"took_s": 15, "let_go": False},
                {"took_s": 30, "let_go": True},
                {"took_s": 1, "let_go": True},
            ],
            id="hangs",
        ),
        pytest.param(
            slow_endpoints.test_dripping_endpoint_is_given_up,
            {"took_s": 5.1, "let_go": True},
            [{"took_s": 14, "let_go": True}],
            id="drips",
        ),
        pytest.param(
            slow_endpoints.test_slow_endpoint_is_waited_for,
            {"took_s": 3.5, "let_go": False},
            [{"took_s": 2.0, "let_go": True}],
            id="slow",
        ),
        pytest.param(
            slow_endpoints.test_endless_answer_is_cut,
            {"took_s": 0.1, "let_go": True, "sent_bytes": 4_000_000},
            [{"took_s": 1.0, "let_go": False, "sent_bytes": 64 * 1024 * 1024}],
            id="endless",
        ),
    ],
)
async def test_slow_cases_can_fail(
    case: Any, right: dict[str, Any], wrong: list[dict[str, Any]]
) -> None:
    """
    No time-out, one that is far too long or short, an answer read without end.
    """
    await case(_slow(**right), Transcript())
    for one in wrong:
        with pytest.raises(RequirementFailed):
            await case(_slow(**one), Transcript())


async def test_a_delayed_neighbour_fails() -> None:
    """
    Reliability L7.
    """
    scene = _slow(took_s=5, let_go=True)
    await slow_endpoints.test_hanging_endpoint_delays_nobody(scene)
    scene.neighbour_s = None

    with pytest.raises(RequirementFailed, match="while one endpoint hangs"):
        await slow_endpoints.test_hanging_endpoint_delays_nobody(scene)

    scene.endpoint.calls.clear()
    with pytest.raises(Blocked, match="came at all"):
        await slow_endpoints.test_hanging_endpoint_delays_nobody(scene)
