"""
Work items: claim by lease and fence, reschedule, find what is due.  Leases are real time of the database, due instants business time.
"""

from datetime import datetime
from typing import Any, Final

import asyncpg

from gateway.domain.work import Claim, WorkKind, WorkRef
from gateway.storage.database import Database

#: Takes the item if it is due and nobody holds it. A lease that ran out was a crash of its holder.
CLAIM_CTE: Final = """
claimed AS (
    UPDATE work_items SET lease_owner = $3::text, lease_until = clock_timestamp() + make_interval(secs => $4::float8), fence = fence + 1,
        attempts = attempts + 1, crashes = crashes + (lease_until IS NOT NULL)::int
    WHERE kind = $1::text AND entity_id = $2::text AND state = 'waiting' AND due_at <= business_now()
        AND (lease_until IS NULL OR lease_until < clock_timestamp())
    RETURNING kind, entity_id, merchant_id, fence, attempts, crashes, created_at
)"""

#: Ends or reschedules a claimed item; matches nothing when the fence was raised since.
RELEASE_CTE: Final = """
released AS (
    UPDATE work_items SET state = $3::text, due_at = coalesce($4::timestamptz, due_at), lease_owner = NULL, lease_until = NULL,
        finished_at = CASE WHEN $3::text = 'waiting' THEN NULL ELSE business_now() END
    WHERE kind = $1::text AND entity_id = $2::text AND state = 'waiting' AND fence = $5
    RETURNING 1
)"""


class ClaimLost(Exception):
    """
    The fence was raised or the row moved since the claim: the transaction must leave no trace.
    """


DONE: Final = "done"
WAITING: Final = "waiting"
PARKED: Final = "parked"


def claim_of(row: asyncpg.Record, **extra: Any) -> Claim:
    """
    Build the claim from a row of `CLAIM_CTE` with `now` beside it.
    """
    return Claim(
        ref=WorkRef(WorkKind(row["kind"]), row["entity_id"]),
        merchant_id=row["work_merchant_id"],
        fence=row["fence"],
        attempts=row["work_attempts"],
        crashes=row["crashes"],
        created_at=row["work_created_at"],
        now=row["now"],
        **extra,
    )


async def release(
    database: Database, claim: Claim, *, state: str, due_at: datetime | None = None
) -> bool:
    """
    End or reschedule the item without another change; False when the claim was lost to a rival.
    """
    row = await database.statement(
        f"WITH {RELEASE_CTE} SELECT count(*) AS n FROM released",
        claim.ref.kind.value,
        claim.ref.entity_id,
        state,
        due_at,
        claim.fence,
    )
    return row is not None and row["n"] == 1


_NO_NEWS: Final = f"""
WITH {RELEASE_CTE}, called AS (
    UPDATE bank_calls SET finished_at = clock_timestamp(), outcome = $6, detail = $7 WHERE id = $8
) SELECT count(*) AS n FROM released"""


async def release_after_call(
    database: Database,
    claim: Claim,
    *,
    work: tuple[str, datetime | None],
    call: tuple[str, str | None],
) -> bool:
    """
    The bank had no news: only the work item and the record of the call change; False when the claim was lost to a rival.
    """
    row = await database.statement(
        _NO_NEWS,
        claim.ref.kind.value,
        claim.ref.entity_id,
        work[0],
        work[1],
        claim.fence,
        call[0],
        call[1],
        claim.bank_call_id,
    )
    return row is not None and row["n"] == 1


async def make_due(database: Database, ref: WorkRef, *, merchant_id: object) -> None:
    """
    Make the item due at once, creating or reopening it where needed; a holder of its lease keeps its claim and a new round follows.
    """
    await database.statement(
        "INSERT INTO work_items (kind, entity_id, merchant_id, due_at, created_at) VALUES ($1, $2, $3, business_now(), business_now()) "
        "ON CONFLICT (kind, entity_id) DO UPDATE SET due_at = business_now(), state = 'waiting', finished_at = NULL",
        ref.kind.value,
        ref.entity_id,
        merchant_id,
    )


_DUE: Final = """
SELECT kind, entity_id, due_at FROM work_items
WHERE state = 'waiting' AND due_at <= business_now() AND (lease_until IS NULL OR lease_until < clock_timestamp())
ORDER BY due_at LIMIT $1"""


async def due(database: Database, *, limit: int) -> list[WorkRef]:
    """
    What is due and unheld, oldest first.
    """
    rows = await database.read(_DUE, limit)
    return [WorkRef(WorkKind(row["kind"]), row["entity_id"]) for row in rows]


_HORIZON: Final = """
SELECT min(due_at) FILTER (WHERE due_at > business_now()) AS next_due_at,
    count(*) FILTER (WHERE due_at <= business_now()) AS outstanding, business_now() AS now
FROM work_items WHERE state = 'waiting'"""


async def horizon(database: Database) -> tuple[datetime | None, int, datetime]:
    """
    The next due instant after now, how many items are due or held now, and business now.
    """
    row = await database.read_one(_HORIZON)
    assert row is not None
    return row["next_due_at"], row["outstanding"], row["now"]


async def release_leases(database: Database, owner: str) -> int:
    """
    Give back everything this worker holds, so that another takes it at once; for an orderly stop.
    """
    rows = await database.read(
        "UPDATE work_items SET lease_until = NULL, lease_owner = NULL, fence = fence + 1 "
        "WHERE lease_owner = $1 AND state = 'waiting' RETURNING 1",
        owner,
    )
    return len(rows)


_COUNTS: Final = """
SELECT count(*) FILTER (WHERE state = 'waiting' AND (lease_until IS NULL OR lease_until < clock_timestamp())) AS pending,
    count(*) FILTER (WHERE state = 'waiting' AND lease_until >= clock_timestamp()) AS processing,
    count(*) FILTER (WHERE state = 'done') AS completed,
    count(*) FILTER (WHERE state = 'parked') AS failed,
    EXISTS (SELECT 1 FROM worker_heartbeats WHERE seen_at > clock_timestamp() - make_interval(secs => $1)) AS running
FROM work_items"""


async def counts(database: Database, *, heartbeat_s: float) -> dict[str, Any]:
    """
    How much work waits, runs, is done, is parked, and whether a worker was seen within `heartbeat_s` real seconds.
    """
    row = await database.read_one(_COUNTS, heartbeat_s)
    assert row is not None
    return dict(row)


async def beat(database: Database, worker_id: str) -> None:
    """
    Say that this worker lives, and forget workers that were silent for an hour.
    """
    await database.statement(
        "WITH gone AS (DELETE FROM worker_heartbeats WHERE seen_at < clock_timestamp() - interval '1 hour') "
        "INSERT INTO worker_heartbeats VALUES ($1, clock_timestamp(), clock_timestamp()) "
        "ON CONFLICT (worker_id) DO UPDATE SET seen_at = clock_timestamp()",
        worker_id,
    )


async def stop_beating(database: Database, worker_id: str) -> None:
    """
    Say that this worker has stopped in an orderly way.
    """
    await database.statement("DELETE FROM worker_heartbeats WHERE worker_id = $1", worker_id)
