"""
The request log: notes every request of a merchant or its payers behind its answer, and shows them.
"""

from typing import Final
from uuid import UUID

from quart import Blueprint, Quart, Response, g, request

from gateway.api.lists import envelope
from gateway.api.requests import json_response, principal
from gateway.api.rows import request_row
from gateway.api.state import context
from gateway.domain.errors import NotFound
from gateway.domain.request_record import RequestRecord, member_of
from gateway.services import request_log as service
from gateway.services.request_log import RequestLog

request_log = Blueprint("request_log", __name__)
_OWN_PATH: Final = "/api/v1/request-log"
#: Parts of the gateway that no merchant calls.
_FOREIGN_PATHS: Final = ("/api/v1/test/", "/api/v1/bank/", _OWN_PATH)
_CREATED: Final = 201
#: Ids in paths by what they name.
_NAMES: Final = ("payment_id", "order_id", "refund_id", "delivery_id", "event_id", "entity_id")
#: Bytes of a body that are looked at; lists are longer, and nobody reads them in a log.
_BODY_BYTES_MAX: Final = 65_536
_ID_LENGTH_MAX: Final = 128


def _is_noted() -> bool:
    path = request.path
    if not path.startswith("/api/v1/") or path.startswith(_FOREIGN_PATHS):
        return False
    is_reading = request.method in ("GET", "HEAD")
    is_page_view = is_reading and request.headers.get("X-Paywright-Client") == "dashboard"
    return request.method != "OPTIONS" and not is_page_view


def _whole(body: bytes | None) -> bytes | None:
    """
    The body, or what stands for one that is too long to be kept.
    """
    if body is None or len(body) <= _BODY_BYTES_MAX:
        return body
    return f"[{len(body)} bytes]".encode()


def _entity(status: int, body: bytes) -> tuple[str | None, str | None]:
    """
    The id in the path, and the id that the request is about: that one, or the created object's.
    """
    named = request.view_args or {}
    in_path = next((str(named[name]) for name in _NAMES if name in named), None)
    if in_path is not None or status != _CREATED:
        return in_path, in_path
    created = member_of(body, "id")
    return None, created if isinstance(created, str) else None


def install(app: Quart, log: RequestLog) -> None:
    """
    Have every answer noted that concerns a merchant: its own requests, and those of its payers on the public routes.
    """

    @app.after_request
    async def note(response: Response) -> Response:
        merchant_id: UUID | None = g.get("merchant_id")
        if not _is_noted() or (merchant_id is None and not request.path.endswith("/public")):
            return response
        body = await response.get_data(as_text=False)
        in_path, entity_id = _entity(response.status_code, body)
        finished_s = context().clock.monotonic_s()
        log.note(
            RequestRecord(
                merchant_id=merchant_id,
                owner_hint=in_path or entity_id,
                request_id=g.get("request_id", ""),
                at=g.get("business_at"),
                finished_s=finished_s,
                method=request.method[:16],
                path=request.path,
                status=response.status_code,
                duration_ms=(finished_s - g.get("started_s", finished_s)) * 1000,
                entity_id=entity_id,
                idempotency_key=request.headers.get("Idempotency-Key"),
                replayed="Idempotent-Replayed" in response.headers,
                request_body=_whole(g.get("raw_body")),
                response_body=_whole(body),
            )
        )
        return response


@request_log.get(_OWN_PATH)
async def list_requests() -> Response:
    """
    The merchant's requests, newest first.
    """
    listing = await service.list_requests(context(), await principal(), request.args)
    return envelope(listing, [request_row(row) for row in listing.page.rows])


@request_log.get(f"{_OWN_PATH}/<request_id>")
async def get_request(request_id: str) -> Response:
    """
    The newest request with this id.
    """
    who = await principal()
    if len(request_id) > _ID_LENGTH_MAX or not request_id.isprintable():
        raise NotFound("Request not found")
    return json_response(request_row(await service.get_request(context(), who, request_id)))
