"""
The SAQ job: hands the hint to the runner and is done, so that neither SAQ's time-outs nor its cancellation touch the work.
"""

from typing import Any

from gateway.domain.work import WorkKind, WorkRef
from gateway.jobs.runner import Runner


async def step(ctx: dict[str, Any], *, kind: str, entity_id: str) -> None:
    """
    One hint: `kind` and `entity_id` name a work item.
    """
    runner: Runner = ctx["runner"]
    runner.submit(WorkRef(WorkKind(kind), entity_id))
