"""
Routes that exist in TEST_MODE only.
"""

from quart import Blueprint, Response

from gateway.api.requests import body, json_response
from gateway.api.state import context, state
from gateway.api.wire import test_merchant_document
from gateway.domain.durations import parse_duration
from gateway.domain.errors import BadRequest
from gateway.domain.instants import format_instant, parse_instant
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
    The business clock.
    """
    return _clock(await state().clock_control.show())


@test_mode.post("/api/v1/test/clock")
async def set_clock() -> Response:
    """
    `{"mode": "real"|"frozen"|"auto", "now"?}` or `{"advance": "2h"}`; answers when everything due has settled.
    """
    fields = await body()
    control = state().clock_control
    if "advance" in fields:
        return _clock(await control.advance(parse_duration(fields["advance"])))
    at = None
    if fields.get("now") is not None:
        try:
            at = parse_instant(str(fields["now"]))
        except ValueError as error:
            raise BadRequest(
                "now must be an instant such as 2026-01-01T00:00:00Z", param="now"
            ) from error
    return _clock(await control.set_mode(fields.get("mode"), at))
