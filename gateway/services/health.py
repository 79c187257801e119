"""
How the parts are.
"""

from typing import Any

from gateway.domain.errors import RetryLater
from gateway.services.context import Context
from gateway.services.work import job_counts
from gateway.storage.test_clock import read_clock


async def database_time(context: Context) -> Any:
    """
    Business now, or None when the database is away.
    """
    try:
        return (await read_clock(context.database)).now
    except RetryLater:
        return None


async def worker_runs(context: Context) -> bool:
    """
    Whether a worker was seen lately; False too when the database is away.
    """
    try:
        return bool((await job_counts(context))["running"])
    except RetryLater:
        return False
