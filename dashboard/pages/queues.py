"""
Queues and workers: how much work there is, every item of it, who works.
"""

import asyncio
from typing import Any, Final

from quart import Blueprint, url_for

from dashboard.frame import act, back, gateway, show, wanted
from dashboard.gateway import offered
from dashboard.session import checked_form, logged_in

queues = Blueprint("queues", __name__)
STATES: Final = ("waiting", "running", "done", "parked")
KINDS: Final = ("payment", "refund", "capture", "void", "reversal", "dispute", "delivery")


@queues.get("/dashboard/queues")
@logged_in
async def show_queues() -> str:
    """
    Counts, workers, items.
    """
    asked = wanted({"state": STATES, "kind": KINDS, "entity_id": None})
    counts, workers, jobs = await asyncio.gather(
        offered(gateway().job_counts(), "job counts"),
        offered(gateway().workers(), "a list of workers"),
        offered(gateway().list_page("jobs", **asked.query()), "a list of jobs"),
    )
    return await show(
        "queues.html",
        counts=counts,
        workers=workers,
        jobs=jobs,
        page=jobs.document,
        filters=asked.filters,
        states=STATES,
        kinds=KINDS,
    )


@queues.post(
    "/dashboard/queues/<any(payment,refund,capture,void,reversal,dispute,delivery):kind>/<entity_id>/retry"
)
@logged_in
async def retry_job(kind: str, entity_id: str) -> Any:
    """
    Make a parked item due now.
    """
    target = back(await checked_form(), url_for("queues.show_queues"))
    return await act(gateway().retry_job(kind, entity_id), "The job is due now.", target)
