"""
The business clock: one row that every statement reads through `business_now()`.
"""

from datetime import datetime

from gateway.domain.timers import ClockState
from gateway.storage.database import Database


async def read_clock(database: Database) -> ClockState:
    """
    The clock as it stands.
    """
    row = await database.read_one("SELECT mode, business_now() AS now FROM test_clock")
    assert row is not None
    return ClockState(mode=row["mode"], now=row["now"])


async def set_clock(database: Database, *, mode: str, at: datetime | None) -> ClockState:
    """
    Set the mode and, unless real, the instant (None: keep the present business time); tells every worker.
    """
    row = await database.statement(
        "WITH told AS (SELECT pg_notify('paywright_work', 'clock')) "
        "UPDATE test_clock SET mode = $1::varchar, version = version + 1, "
        "frozen_at = CASE WHEN $1::varchar = 'real' THEN NULL ELSE coalesce($2, business_now()) END FROM told "
        "RETURNING mode, coalesce(frozen_at, clock_timestamp()) AS now",
        mode,
        at,
    )
    assert row is not None
    return ClockState(mode=row["mode"], now=row["now"])
