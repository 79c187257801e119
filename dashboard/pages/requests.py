"""
The request log: what merchants and checkouts asked, and what the gateway answered.
"""

from typing import Final

from quart import Blueprint

from dashboard.frame import gateway, show, wanted
from dashboard.gateway import Source, offered
from dashboard.session import logged_in
from sdk.python.errors import NotFound

requests = Blueprint("requests", __name__)
METHODS: Final = ("GET", "POST", "PUT", "DELETE")
STATUSES: Final = ("2xx", "4xx", "5xx", "400", "401", "404", "409", "422", "429", "500", "503")
_CHOICES: Final = {
    "method": METHODS,
    "status": STATUSES,
    "path": None,
    "entity_id": None,
    "q": None,
}


async def _one(request_id: str) -> Source:
    """
    The request of that id, as a list of one or none.
    """
    try:
        rows = [await gateway().get_request(request_id)]
    except NotFound:
        rows = []
    return Source({"data": rows, "total": len(rows), "offset": 0, "has_more": False})


@requests.get("/dashboard/requests")
@logged_in
async def list_requests() -> str:
    """
    Requests, newest first; `q` is one request's id.
    """
    asked = wanted(_CHOICES)
    if "q" in asked.filters:
        source = await _one(asked.filters["q"])
    else:
        source = await offered(gateway().list_page("request-log", **asked.query()), "a request log")
    return await show(
        "requests.html",
        source=source,
        page=source.document,
        filters=asked.filters,
        methods=METHODS,
        statuses=STATUSES,
    )
