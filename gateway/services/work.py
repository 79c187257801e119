"""
The one door for workers: take a step of whatever is due, find what is due, say how much there is.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from gateway.domain.work import WorkKind, WorkRef
from gateway.services.captures import step_followup
from gateway.services.context import Context
from gateway.services.delivering import step_delivery
from gateway.services.disputing import step_dispute
from gateway.services.refunds import step_refund
from gateway.services.settling import step_payment
from gateway.storage import idempotency, work

#: A worker that was not seen for this long (real seconds) has stopped.  Source: reliability P9.
HEARTBEAT_S_MAX: Final = 10.0
_DUE_MAX: Final = 200
_EXPIRED_KEYS_MAX: Final = 1_000

_STEPS: Final[dict[WorkKind, Callable[[Context, WorkRef], Awaitable[float | None]]]] = {
    WorkKind.PAYMENT: step_payment,
    WorkKind.REFUND: step_refund,
    WorkKind.CAPTURE: step_followup,
    WorkKind.VOID: step_followup,
    WorkKind.REVERSAL: step_followup,
    WorkKind.DISPUTE: step_dispute,
    WorkKind.DELIVERY: step_delivery,
}


async def step(context: Context, ref: WorkRef) -> float | None:
    """
    Take one step of this work if it is due and free; business seconds until its next step, None when there is none.
    """
    return await _STEPS[ref.kind](context, ref)


async def find_due(context: Context) -> list[WorkRef]:
    """
    What is due and free, oldest first.
    """
    return await work.due(context.database, limit=_DUE_MAX)


async def job_counts(context: Context) -> dict[str, Any]:
    """
    Pending, processing, completed, failed, and whether a worker runs: counted in PostgreSQL, so they are true after Valkey lost everything.
    """
    return await work.counts(context.database, heartbeat_s=HEARTBEAT_S_MAX)


async def beat(context: Context) -> None:
    """
    Say that this worker lives.
    """
    await work.beat(context.database, context.worker_id)


async def stop_working(context: Context) -> None:
    """
    Give back what this worker holds and sign off.
    """
    await work.release_leases(context.database, context.worker_id)
    await work.stop_beating(context.database, context.worker_id)


async def tidy_up(context: Context) -> None:
    """
    Forget what is no longer needed.
    """
    await idempotency.forget_expired(context.database, limit=_EXPIRED_KEYS_MAX)
