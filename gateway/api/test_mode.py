"""
Routes that exist in TEST_MODE only.
"""

from quart import Blueprint, Response

from gateway.api.requests import body, json_response
from gateway.api.rows import instant
from gateway.api.state import context, state
from gateway.api.wire import test_merchant_document
from gateway.domain.durations import parse_duration
from gateway.domain.instants import format_instant
from gateway.domain.query_values import parse_moment
from gateway.domain.timers import ClockState
from gateway.services.merchants import get_test_merchant
from gateway.services.work import job_counts

test_mode = Blueprint("test_mode", __name__)


@test_mode.get("/api/v1/test/merchant")
async def get_merchant() -> Response:
    """
    The seeded test merchant, without secrets.
    """
    return json_response(test_merchant_document(await get_test_merchant(context())))


@test_mode.get("/api/v1/test/jobs/status")
async def get_jobs_status() -> Response:
    """
    How much work waits, runs, is done, is parked; and whether a worker runs.
    """
    counts = await job_counts(context())
    return json_response(
        {
            "pending": counts["pending"],
            "processing": counts["processing"],
            "completed": counts["completed"],
            "failed": counts["failed"],
            "worker_status": "running" if counts["running"] else "stopped",
        }
    )


def _clock(clock: ClockState) -> Response:
    return json_response({"mode": clock.mode, "now": format_instant(clock.now)})


@test_mode.get("/api/v1/test/clock")
async def get_clock() -> Response:
    """
    The business clock, when something is due next at any party, and how much of our work is due now.
    """
    standing = await state().clock_control.show()
    return json_response(
        {
            "mode": standing.clock.mode,
            "now": format_instant(standing.clock.now),
            "next_due_at": instant(standing.next_due_at),
            "outstanding": standing.outstanding,
            "followers_answered": standing.followers_answered,
        }
    )


@test_mode.post("/api/v1/test/clock")
async def set_clock() -> Response:
    """
    `{"mode": "real"|"frozen"|"auto", "now"?}`, `{"advance": "2h"}` or `{"advance": "next"}`; answers when everything due has settled.
    """
    fields = await body()
    control = state().clock_control
    if fields.get("advance") == "next":
        return _clock(await control.advance_to_next())
    if "advance" in fields:
        return _clock(await control.advance(parse_duration(fields["advance"])))
    now = fields.get("now")
    at = parse_moment(None if now is None else str(now), "now")
    return _clock(await control.set_mode(fields.get("mode"), at))
