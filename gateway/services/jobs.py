"""
Work items and workers as people see them, and the retry of what was parked for review.
"""

from collections.abc import Mapping
from typing import Any, Final

from gateway.domain.errors import BadRequest, Conflict, NotFound
from gateway.domain.merchant import Principal
from gateway.domain.work import WorkKind, WorkRef
from gateway.services.context import Context
from gateway.services.listing import Listing, page_request
from gateway.services.work import HEARTBEAT_S_MAX
from gateway.storage import jobs

STATES: Final = ("waiting", "running", "done", "parked")


async def list_jobs(context: Context, principal: Principal, query: Mapping[str, str]) -> Listing:
    """
    A page of the merchant's work items.  Raises `BadRequest`.
    """
    wanted = page_request("jobs", query)
    for name, known in (("state", STATES), ("kind", tuple(WorkKind))):
        if wanted.filters.get(name, known[0]) not in known:
            raise BadRequest(f"{name} must be one of {', '.join(known)}", param=name)
    page = await jobs.list_jobs(context.database, principal.merchant.id, wanted)
    return Listing(page=page, limit=wanted.limit, offset=wanted.offset)


async def list_workers(context: Context) -> list[Any]:
    """
    Every worker of the last hour.
    """
    return await jobs.list_workers(context.database, heartbeat_s=HEARTBEAT_S_MAX)


async def retry_job(context: Context, principal: Principal, kind: str, entity_id: str) -> Any:
    """
    Make a parked item due now; the item.  Raises `NotFound`, and `Conflict` when it is not parked.
    """
    if kind not in tuple(WorkKind) or not entity_id.isprintable():
        raise NotFound("Job not found")
    owner = principal.merchant.id
    job = await jobs.unpark(context.database, owner, kind, entity_id)
    if job is None:
        found = await jobs.find_job(context.database, owner, kind, entity_id)
        if found is None:
            raise NotFound("Job not found")
        raise Conflict(f"The job is {found['state']}; only a parked one can be retried.")
    await context.hints.send([WorkRef(WorkKind(kind), entity_id)])
    return job
