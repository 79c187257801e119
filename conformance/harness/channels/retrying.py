"""
The scene of retries: payments whose webhooks are answered badly, each by a script of its own, until the target gives up.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from conformance.harness.channels.endpoint import Call, Endpoint, Manner, Reply
from conformance.harness.channels.log import LogRow, WebhookLog
from conformance.harness.channels.passing import Passing, passing
from conformance.harness.channels.subscription import Subscription
from conformance.harness.clock import monotonic_s
from conformance.harness.evidence import Transcript
from conformance.harness.outcomes import Blocked, RequirementFailed, Untested
from conformance.harness.target import DECIDED_WITHIN_S, Gateway

EVENT: Final = "payment.success"
#: The target with another transcript.
Gateways = Callable[[Transcript], Gateway]
#: Seconds before attempts 2-5, after the failure before.  Source: contract 1.7.
TEST_DELAYS_S: Final = (5, 10, 15, 20)
PRODUCTION_DELAYS_S: Final = (60, 300, 1_800, 7_200)
#: Statuses that nothing else in a run answers, so that rows of the log can be told apart by them.
EXHAUSTED_STATUS: Final = 507
RECOVERED_STATUS: Final = 226
#: How exactly an attempt's instant is looked for on a virtual clock, in seconds.
GRAIN_S: Final = 0.25
#: How much later than due an attempt may come: polling targets look every second or so (SAQ, Bull).
LATE_S: Final = 2.0
EARLY_S: Final = 1.0
_DAY_S: Final = 86_400.0

GOOD: Final = Reply()
SCRIPTS: Final[Mapping[str, Sequence[Reply]]] = {
    "exhausted": (Reply(status=EXHAUSTED_STATUS),),
    "recovers": (Reply(status=502), Reply(status=502), Reply(status=RECOVERED_STATUS)),
    "closes": (Reply(manner=Manner.CLOSE), GOOD),
    "garbage": (Reply(manner=Manner.GARBAGE), GOOD),
    **{str(status): (Reply(status=status), GOOD) for status in (201, 202, 204)},
    **{str(status): (Reply(status=status), GOOD) for status in (400, 404, 410, 429, 500, 503)},
    **{
        str(status): (Reply(status=status, location="/trap"), GOOD)
        for status in (301, 302, 307, 308)
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """
    One attempt, and when it came: after `after_s` and not later than `by_s` of the scene's time.
    """

    call: Call
    after_s: float
    by_s: float


@dataclass(slots=True, kw_only=True)
class Subject:
    """
    One payment of the scene.
    """

    name: str
    payment_id: str
    order_id: str
    made: Transcript
    attempts: list[Seen] = field(default_factory=list)

    def noted(self, transcript: Transcript) -> "Subject":
        """
        Itself, its attempts put into the evidence; `blocked` when it was never called.
        """
        if not self.attempts:
            raise Blocked(
                f"no {EVENT} webhook about {self.payment_id} came to the suite's own endpoint; can the target reach its port?"
            )
        transcript.exchanges.extend(self.made.exchanges)
        transcript.notes += [
            {**seen.call.note(), "between s": [round(seen.after_s, 3), round(seen.by_s, 3)]}
            for seen in self.attempts
        ]
        return self

    def with_retries(self) -> "Subject":
        """
        Itself; `blocked` when it was attempted once only.
        """
        if len(self.attempts) < 2:  # noqa: PLR2004  a first and another
            raise Blocked("the webhook was not sent again, so there is nothing to compare")
        return self

    def check_passed_on(self, other_s: Sequence[float]) -> None:
        """
        Raise `Untested` when the attempts came by the other schedule: then the setting did not reach the worker.
        """
        try:
            self.check_gaps(other_s)
        except RequirementFailed:
            return
        raise Untested(
            "the worker still runs the test schedule: its start command must pass WEBHOOK_RETRY_INTERVALS_TEST on"
        )

    def gaps(self) -> list[tuple[float, float]]:
        """
        Least and greatest seconds between an attempt and the next.
        """
        pairs = zip(self.attempts, self.attempts[1:], strict=False)
        return [
            (after.after_s - before.by_s, after.by_s - before.after_s) for before, after in pairs
        ]

    def check_gaps(self, delays_s: Sequence[float]) -> None:
        """
        Fail unless the attempts came at these distances.
        """
        gaps = self.gaps()
        if len(gaps) < len(delays_s):
            raise RequirementFailed(
                f"expected {len(delays_s) + 1} attempts, got {len(self.attempts)}"
            )
        for number, (delay_s, (least_s, most_s)) in enumerate(
            zip(delays_s, gaps, strict=False), start=2
        ):
            if most_s < delay_s - EARLY_S or least_s > delay_s + LATE_S:
                raise RequirementFailed(
                    f"expected attempt {number} {delay_s:g} s after the failure before, got {least_s:.2f} to {most_s:.2f} s"
                )


@dataclass(slots=True, kw_only=True)
class RetryScene:
    """
    What happened to every subject; rows of the log after the first attempts and at the end.
    """

    subjects: dict[str, Subject]
    first_rows: list[LogRow]
    last_rows: list[LogRow]
    trapped: list[Call]

    def subject(self, name: str, transcript: Transcript) -> Subject:
        """
        A payment of the scene, put into the evidence.
        """
        return self.subjects[name].noted(transcript)

    def check_not_taken(self, subject: Subject) -> None:
        """
        Fail when a row of the log says `success` of a webhook whose answers were all 410.
        """
        code = int(subject.name)
        rows = [row for row in self.first_rows if row.document.get("response_code") == code]
        if not rows:
            raise Blocked(f"the log shows no delivery that was answered {code}")
        if any(row.document.get("status") == "success" for row in rows):
            raise RequirementFailed(f"the log says success of a webhook that was answered {code}")


async def play_retries(
    gateways: Gateways,
    subscription: Subscription,
    endpoint: Endpoint,
    *,
    names: Sequence[str] = tuple(SCRIPTS),
    delays_s: Sequence[float] = TEST_DELAYS_S,
) -> RetryScene:
    """
    Play the scene: every payment at the same instant, then the schedule step by step, then a day.
    """
    gateway = gateways(Transcript())
    log = WebhookLog(gateway)
    known = {row.id for row in await log.rows()}
    async with subscription.away(gateway, endpoint.url), passing(gateway) as time:
        subjects = {name: await _pay(gateways(Transcript()), endpoint, name) for name in names}
        await _first_attempts(time, endpoint, list(subjects.values()))
        first_rows = [row for row in await log.rows() if row.id not in known]
        base_s = time.now_s
        for due_s in accumulate(delays_s):
            await _look_around(time, endpoint, list(subjects.values()), base_s + due_s)
        last_s = time.now_s + (_DAY_S if time.is_virtual else LATE_S)
        await _step(time, endpoint, list(subjects.values()), last_s)
        last_rows = [row for row in await log.rows() if row.id not in known]
    trapped = [call for call in endpoint.calls if call.path == "/trap"]
    return RetryScene(
        subjects=subjects, first_rows=first_rows, last_rows=last_rows, trapped=trapped
    )


async def _pay(gateway: Gateway, endpoint: Endpoint, name: str) -> Subject:
    order_id = await gateway.order()
    endpoint.script(order_id, EVENT, SCRIPTS[name])
    answer = await gateway.upi_payment(order_id, vpa="success@bank")
    payment_id = answer.document.get("id") if isinstance(answer.document, dict) else None
    if not isinstance(payment_id, str):
        raise Blocked(f"a payment could not be created: {answer.summary}")
    made = gateway.client.transcript
    return Subject(name=name, payment_id=payment_id, order_id=order_id, made=made)


async def _first_attempts(time: Passing, endpoint: Endpoint, subjects: Sequence[Subject]) -> None:
    """
    Until every subject was called once, or the time for that is over.
    """
    while time.now_s < DECIDED_WITHIN_S and not all(s.attempts for s in subjects):
        await _step(time, endpoint, subjects, time.now_s + GRAIN_S)


async def _look_around(
    time: Passing, endpoint: Endpoint, subjects: Sequence[Subject], due_s: float
) -> None:
    """
    Look right before and right after an attempt is due.
    """
    await _step(time, endpoint, subjects, due_s - GRAIN_S)
    await _step(time, endpoint, subjects, due_s)
    await _step(time, endpoint, subjects, due_s + GRAIN_S)
    if not time.is_virtual:
        await _step(time, endpoint, subjects, due_s + LATE_S)


async def _step(
    time: Passing, endpoint: Endpoint, subjects: Sequence[Subject], to_s: float
) -> None:
    from_s = time.now_s
    began_s = monotonic_s()
    await time.to(to_s)
    for subject in subjects:
        calls = endpoint.about(subject.order_id, EVENT)
        for call in calls[len(subject.attempts) :]:
            subject.attempts.append(_seen(time, call, from_s, began_s))


def _seen(time: Passing, call: Call, from_s: float, began_s: float) -> Seen:
    if time.is_virtual:
        return Seen(call=call, after_s=from_s, by_s=time.now_s)
    at_s = from_s + call.arrived_s - began_s
    return Seen(call=call, after_s=at_s, by_s=at_s)
