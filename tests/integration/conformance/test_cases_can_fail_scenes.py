"""
Cases that look at a scene can fail, continued: the schedule of production, and webhooks that the receiver refuses.
"""

from typing import Any, cast

import pytest

from conformance.cases.retries import test_schedule as schedule
from conformance.cases.webhooks import test_delivery as delivery
from conformance.cases.webhooks import test_manual_retry as manual_retry
from conformance.harness.channels.endpoint import Call
from conformance.harness.channels.log import LogRow
from conformance.harness.channels.redelivered import Redelivered
from conformance.harness.channels.retrying import RetryScene, Seen, Subject
from conformance.harness.client import Answer
from conformance.harness.evidence import Transcript
from conformance.harness.inbox import Delivery, Inbox
from conformance.harness.outcomes import Blocked, RequirementFailed, Untested
from conformance.harness.profile import load_profile
from conformance.harness.seen import PaymentSeen
from conformance.harness.target import Gateway


def _production(*instants_s: float) -> RetryScene:
    subject = Subject(name="exhausted", payment_id="pay_1", order_id="order_1", made=Transcript())
    for at_s in instants_s:
        call = Call(method="POST", path="/", headers=[], body=b"{}", arrived_s=at_s)
        subject.attempts.append(Seen(call=call, after_s=at_s - 0.25, by_s=at_s))
    return RetryScene(subjects={"exhausted": subject}, first_rows=[], last_rows=[], trapped=[])


@pytest.mark.parametrize(
    ("instants", "words"),
    [
        pytest.param((0, 60, 300, 1_800, 7_200), "attempt 3 300 s after", id="from-the-first"),
        pytest.param((0, 0, 60, 360, 2_160), "attempt 2 60 s after", id="off-by-one"),
        pytest.param((0, 60, 360, 2_160), "expected 5 attempts, got 4", id="four-attempts"),
    ],
)
async def test_other_schedules_of_production_fail(instants: tuple[float, ...], words: str) -> None:
    """
    Wild-bugs M25, M39; the contract's own passes, and the one of test mode says nothing.
    """
    await schedule.test_schedule_of_production(_production(0, 60, 360, 2_160, 9_360), Transcript())

    with pytest.raises(RequirementFailed, match=words):
        await schedule.test_schedule_of_production(_production(*instants), Transcript())
    with pytest.raises(Untested, match="WEBHOOK_RETRY_INTERVALS_TEST"):
        await schedule.test_schedule_of_production(_production(0, 5, 15, 30, 50), Transcript())


def _redelivered(*statuses: int, attempts: int) -> Redelivered:
    """
    A webhook that was asked for again; the receiver's answers to its deliveries, in order.
    """
    record: dict[str, Any] = {"event": "payment.success", "received_at": "", "headers": []}
    deliveries = [{**record, "body_text": "", "answer_status": status} for status in statuses]
    row = LogRow({"id": "log_1", "status": "success", "attempts": attempts})
    answer = Answer(
        status=200, headers={}, body=b"{}", document={}, profile=load_profile("canonical")
    )
    return Redelivered(
        before=row,
        after=row,
        total_before=1,
        total_after=1,
        answer=answer,
        deliveries=tuple(Delivery(one) for one in deliveries),
    )


async def test_a_retry_by_hand_is_counted_only_where_it_is_taken() -> None:
    """
    A sender whose signature is wrong is refused, and right to send again: that is no failure of its retries.
    """
    once, twice = _redelivered(200, 200, attempts=1), _redelivered(200, 200, 200, attempts=2)
    refused = _redelivered(401, 401, 401, attempts=2)

    await manual_retry.test_retry_sends_once(once, Transcript())
    await manual_retry.test_retry_counts_attempts_anew(once)
    with pytest.raises(RequirementFailed, match="two deliveries in all, got 3"):
        await manual_retry.test_retry_sends_once(twice, Transcript())
    with pytest.raises(RequirementFailed, match="to be 1, got 2"):
        await manual_retry.test_retry_counts_attempts_anew(twice)
    with pytest.raises(Blocked, match="3 of 3 were refused"):
        await manual_retry.test_retry_sends_once(refused, Transcript())
    with pytest.raises(Blocked, match="3 of 3 were refused"):
        await manual_retry.test_retry_counts_attempts_anew(refused)


class _Repeats:
    """
    A gateway and an inbox: the success of every payment comes twice, and is answered so.
    """

    def __init__(self, status: int) -> None:
        self._found = [Delivery({"answer_status": status})] * 2

    async def successful_payment(self) -> PaymentSeen:
        return PaymentSeen(id="pay_1", order_id="order_1", amount_minor=50_000, document={})

    async def capture(self, *_: object) -> None:
        return None

    async def settle(self) -> None:
        return None

    async def about(self, *_: object, **__: object) -> list[Delivery]:
        return self._found


async def test_a_repetition_is_counted_only_where_the_first_was_taken() -> None:
    """
    As above, for webhooks that nobody asked for again.
    """
    taken, refused = _Repeats(200), _Repeats(401)

    with pytest.raises(RequirementFailed, match="got 2"):
        await delivery.test_success_is_delivered_once(cast("Gateway", taken), cast("Inbox", taken))
    with pytest.raises(Blocked, match="2 of 2 were refused"):
        await delivery.test_success_is_delivered_once(
            cast("Gateway", refused), cast("Inbox", refused)
        )
