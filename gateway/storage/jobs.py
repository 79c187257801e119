"""
Work items and workers as people see them.
"""

from typing import Any, Final
from uuid import UUID

import asyncpg

from gateway.domain.work import WorkKind
from gateway.storage.database import Database
from gateway.storage.lists import Page, PageRequest
from gateway.storage.pages import Conditions, count, empty_page, read_page

#: A waiting item that somebody holds is running; a lease that ran out is nobody's.
_STATE: Final = (
    "CASE WHEN state = 'waiting' AND lease_until >= clock_timestamp() THEN 'running' ELSE state END"
)
_COLUMNS: Final = (
    f"kind || ':' || entity_id AS id, kind, entity_id, {_STATE} AS state, due_at, attempts, crashes, lease_owner, lease_until, "
    "created_at, finished_at"
)
_JOBS: Final = f"SELECT {_COLUMNS} FROM work_items"


def _conditions(merchant_id: UUID, wanted: PageRequest) -> Conditions:
    conditions = Conditions(merchant_id)
    conditions.between("created_at", wanted)
    filters = wanted.filters
    if "entity_id" in filters:
        # With the kinds named, the primary key finds the entity's items.
        kinds = [filters["kind"]] if "kind" in filters else [kind.value for kind in WorkKind]
        conditions.add("kind = ANY (?::text[]) AND entity_id = ?", kinds, filters["entity_id"])
    elif "kind" in filters:
        conditions.add("kind = ?", filters["kind"])
    if "state" in filters:
        stored = "waiting" if filters["state"] == "running" else filters["state"]
        conditions.add(f"state = ? AND {_STATE} = ?", stored, filters["state"])
    return conditions


async def list_jobs(database: Database, merchant_id: UUID, wanted: PageRequest) -> Page:
    """
    The merchant's work items, newest first.
    """
    conditions = _conditions(merchant_id, wanted)
    total = await count(database, "work_items", conditions) if wanted.is_counted else None
    if wanted.after_id is not None:
        kind, _, entity_id = wanted.after_id.partition(":")
        anchor = await find_job(database, merchant_id, kind, entity_id)
        if anchor is None:
            return empty_page(total)
        conditions.add(
            "(created_at, kind, entity_id) < (?, ?, ?)", anchor["created_at"], kind, entity_id
        )
    order = "created_at DESC, kind DESC, entity_id DESC"
    rows, has_more = await read_page(database, _JOBS, conditions, order, wanted)
    return Page(rows=rows, total=total, has_more=has_more)


async def find_job(
    database: Database, merchant_id: UUID, kind: str, entity_id: str
) -> asyncpg.Record | None:
    """
    One work item of the merchant.
    """
    return await database.read_one(
        f"{_JOBS} WHERE merchant_id = $1 AND kind = $2 AND entity_id = $3",
        merchant_id,
        kind,
        entity_id,
    )


_UNPARK: Final = f"""
UPDATE work_items SET state = 'waiting', due_at = business_now(), lease_owner = NULL, lease_until = NULL, fence = fence + 1,
    attempts = 0, crashes = 0, finished_at = NULL
WHERE merchant_id = $1 AND kind = $2 AND entity_id = $3 AND state = 'parked' RETURNING {_COLUMNS}"""


async def unpark(
    database: Database, merchant_id: UUID, kind: str, entity_id: str
) -> asyncpg.Record | None:
    """
    Make a parked item due now, its attempts and crashes forgotten; None when it is not parked.
    """
    return await database.statement(_UNPARK, merchant_id, kind, entity_id)


async def list_workers(database: Database, *, heartbeat_s: float) -> list[Any]:
    """
    Every worker that was seen within the last hour, and whether within `heartbeat_s` real seconds; the youngest first.
    """
    return await database.read(
        "SELECT worker_id, started_at, seen_at, seen_at > clock_timestamp() - make_interval(secs => $1) AS alive "
        "FROM worker_heartbeats ORDER BY started_at DESC, worker_id",
        heartbeat_s,
    )
