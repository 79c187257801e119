"""
Work items and workers.
"""

from typing import Any

from quart import Blueprint, Response, request

from gateway.api.lists import envelope
from gateway.api.requests import json_response, principal
from gateway.api.rows import instant
from gateway.api.state import context
from gateway.services import jobs as service

jobs = Blueprint("jobs", __name__)


def _job(row: Any) -> dict[str, object]:
    return {
        "id": row["id"],
        "kind": row["kind"],
        "entity_id": row["entity_id"],
        "state": row["state"],
        "due_at": instant(row["due_at"]),
        "attempts": row["attempts"],
        "crashes": row["crashes"],
        "lease_owner": row["lease_owner"],
        "lease_until": instant(row["lease_until"]),
        "created_at": instant(row["created_at"]),
        "finished_at": instant(row["finished_at"]),
    }


def _worker(row: Any) -> dict[str, object]:
    return {
        "worker_id": row["worker_id"],
        "started_at": instant(row["started_at"]),
        "seen_at": instant(row["seen_at"]),
        "alive": row["alive"],
    }


@jobs.get("/api/v1/jobs")
async def list_jobs() -> Response:
    """
    The merchant's work items.
    """
    listing = await service.list_jobs(context(), await principal(), request.args)
    return envelope(listing, [_job(row) for row in listing.page.rows])


@jobs.post("/api/v1/jobs/<kind>/<entity_id>/retry")
async def retry_job(kind: str, entity_id: str) -> Response:
    """
    Make a parked item due now.
    """
    return json_response(
        _job(await service.retry_job(context(), await principal(), kind, entity_id))
    )


@jobs.get("/api/v1/workers")
async def list_workers() -> Response:
    """
    The gateway's workers; they work for every merchant.
    """
    await principal()
    return json_response({"data": [_worker(row) for row in await service.list_workers(context())]})
