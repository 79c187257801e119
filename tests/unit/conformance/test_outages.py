"""
The scenes of process control against targets that lack something.
"""

from typing import Any, cast

import pytest

from conformance.harness.channels import outages
from conformance.harness.channels.endpoint import Call, Endpoint
from conformance.harness.channels.processes import Processes
from conformance.harness.channels.subscription import Subscription
from conformance.harness.client import Answer
from conformance.harness.inbox import Inbox
from conformance.harness.outcomes import Blocked
from conformance.harness.profile import load_profile
from conformance.harness.target import Gateway

PROFILE = load_profile("canonical")


def _answer(document: dict[str, Any], status: int = 200) -> Answer:
    return Answer(status=status, headers={}, body=b"", document=document, profile=PROFILE)


class _Target:
    """
    A target and its worker, which may be stopped and started.
    """

    def __init__(self) -> None:
        self.worker = "running"

    async def get(self, operation: str, **_: Any) -> Answer:
        if operation == "jobs_status":
            return _answer({"worker_status": self.worker, "pending": 0})
        return _answer({"id": "pay_1", "status": "pending"})

    async def order(self) -> str:
        return "order_1"

    async def upi_payment(self, _order_id: str, **_: Any) -> Answer:
        return _answer({"id": "pay_1", "status": "pending"}, 201)

    async def decided(self, _payment_id: str) -> dict[str, Any]:
        return {"status": "success"}

    async def stop(self, _party: str) -> None:
        self.worker = "stopped"

    async def start(self, _party: str, _environ: object) -> None:
        self.worker = "running"


async def test_a_target_without_webhooks_is_asked_about_its_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """
    Only the retry that waits is `blocked` then.
    """

    async def none_comes(*_: object) -> None:
        raise Blocked("no webhook came")

    monkeypatch.setattr(outages, "a_failing_webhook", none_comes)
    target = _Target()

    scene = await outages.play_stopped_worker(
        cast("Gateway", target),
        Subscription("http://receiver/webhook/x"),
        cast("Endpoint", None),
        cast("Processes", target),
    )

    assert scene.stopped_after_s is not None
    assert scene.came_back()
    with pytest.raises(Blocked, match="no webhook came"):
        await scene.came_again(cast("Inbox", None))


async def test_webhooks_that_never_come_are_not_lost_by_a_kill(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """
    None at all is `blocked`; one that came shows that the others were lost.
    """
    monkeypatch.setattr(outages, "RECOVERED_WITHIN_S", 0.0)
    endpoint = Endpoint("127.0.0.1")
    batch = outages.Interrupted(
        payment_ids=("pay_1", "pay_2"), decided_before={}, endpoint=endpoint
    )
    inbox = cast("Inbox", _NothingCame())

    with pytest.raises(Blocked, match="came at all"):
        await batch.unannounced(inbox)

    body = b'{"event":"payment.success","data":{"payment":{"id":"pay_1"}}}'
    endpoint.calls.append(Call(method="POST", path="/", headers=[], body=body, arrived_s=1.0))

    assert await batch.unannounced(inbox) == ["pay_2"]


class _NothingCame:
    """
    The receiver's inbox, empty.
    """

    async def all(self) -> list[object]:
        return []
