"""
Job status.
"""

from conformance.harness import expect
from conformance.harness.clock import wait_until
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway


@requirement("PGC-JOB-001", source="contract 1.5 row 3")
async def test_job_status_is_open(gateway: Gateway) -> None:
    """
    GET /test/jobs/status MUST answer 200 with a JSON object without credentials.
    """
    answer = await gateway.get("jobs_status", auth={})

    expect.status(answer, 200)
    expect.that(isinstance(answer.document, dict), f"expected a JSON object, got {answer.summary}")


@requirement("PGC-JOB-002", source="contract 1.5 row 3")
async def test_job_status_counts(gateway: Gateway) -> None:
    """
    GET /test/jobs/status MUST count `pending`, `processing`, `completed` and `failed` jobs as integers.
    """
    answer = await gateway.get("jobs_status", auth={})

    names = ("pending", "processing", "completed", "failed")
    counts = [expect.integer(expect.field(answer, name), name) for name in names]
    expect.that(min(counts) >= 0, f"expected counts of at least 0, got {counts}")


@requirement("PGC-JOB-003", source="contract 1.5 row 3")
async def test_worker_status_is_running(gateway: Gateway) -> None:
    """
    GET /test/jobs/status MUST say `worker_status` running while payments are processed.
    """
    await gateway.successful_payment()

    answer = await gateway.get("jobs_status", auth={})

    expect.equal(expect.field(answer, "worker_status"), "running", "worker_status")


@requirement("PGC-JOB-004", source="contract 1.5 row 3")
async def test_completed_jobs_are_counted(gateway: Gateway) -> None:
    """
    `completed` SHOULD grow when a payment has been processed.
    """
    before = await gateway.get("jobs_status", auth={})
    first = expect.integer(expect.field(before, "completed"), "completed")

    await gateway.successful_payment()

    async def grown() -> bool | None:
        after = await gateway.get("jobs_status", auth={})
        return expect.integer(expect.field(after, "completed"), "completed") > first or None

    expect.that(
        bool(await wait_until(grown, within_s=3)),
        f"expected completed to grow within 3 s, it stayed at {first}",
    )
