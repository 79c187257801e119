"""
What the target says and does while no worker runs.
"""

from conformance.harness import expect
from conformance.harness.channels.outages import STOPPED_WITHIN_S, StoppedWorker
from conformance.harness.requirements import requirement


@requirement("PGC-JOB-005", source="contract 1.5 row 3; wild-bugs M61; reliability P9")
async def test_stopped_worker_is_seen(stopped_worker: StoppedWorker) -> None:
    """
    `worker_status` MUST become `stopped` within 15 seconds when the worker is stopped.
    """
    expect.that(
        stopped_worker.stopped_after_s is not None,
        f"expected worker_status stopped within {STOPPED_WITHIN_S:g} s, got {stopped_worker.status.summary}",
    )


@requirement("PGC-JOB-006", source="contract 1.5 row 3; wild-bugs M61")
async def test_started_worker_is_seen(stopped_worker: StoppedWorker) -> None:
    """
    `worker_status` MUST become `running` again when the worker is started.
    """
    expect.that(stopped_worker.came_back(), "expected worker_status running after the start")


@requirement("PGC-JOB-007", source="contract 1.5 row 3; wild-bugs M60")
async def test_waiting_jobs_are_counted(stopped_worker: StoppedWorker) -> None:
    """
    `pending` MUST count payments that wait while the worker is stopped.
    """
    before, after = (
        expect.integer(expect.field(answer, "pending"), "pending")
        for answer in (stopped_worker.status, stopped_worker.counted)
    )

    made = len(stopped_worker.created)
    expect.that(
        after - before >= made,
        f"expected pending to grow by {made} or more, got {before} and then {after}",
    )


@requirement("PGC-JOB-008", source="contract 1.5.2, 1.7")
async def test_payments_are_taken_without_a_worker(stopped_worker: StoppedWorker) -> None:
    """
    POST /payments MUST answer 201 with status `pending` while the worker is stopped.
    """
    expect.statuses(stopped_worker.created, [201], "payments without a worker")

    shown = [expect.field(answer, "status") for answer in stopped_worker.created]
    expect.equal(set(shown), {"pending"}, "status")


@requirement("PGC-JOB-009", source="contract 1.7; wild-bugs M74")
async def test_workers_decide(stopped_worker: StoppedWorker) -> None:
    """
    A payment MUST stay `pending` while the worker is stopped, and be decided once it is started.
    """
    down = {expect.field(answer, "status") for answer in stopped_worker.while_down}
    expect.equal(down, {"pending"}, "status while the worker is down")

    decided = set(stopped_worker.decided)
    expect.that(decided == {"success"}, f"expected every payment to be decided, got {decided}")
