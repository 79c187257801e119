"""
The event stream that open pages listen to.
"""

from typing import Any, cast

from quart import Blueprint, Response, current_app

from dashboard.live import Live, TooManyListeners
from dashboard.session import logged_in

live = Blueprint("live", __name__)


@live.get("/dashboard/live")
@logged_in
async def stream() -> Any:
    """
    `change` whenever something changed; 503 when too many pages listen.
    """
    hub = cast("Live", current_app.config["LIVE"])
    try:
        lines = hub.listen()
    except TooManyListeners:
        return Response("Too many open pages.", 503, headers={"Retry-After": "30"})
    response = Response(lines, content_type="text/event-stream; charset=utf-8")
    response.timeout = None
    return response
