"""
The request log: kept in memory while answers go out, written behind them once a second.

What was not written yet is lost when the process is killed; nothing but this log depends on it.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from gateway.domain.errors import BadRequest, NotFound, RetryLater
from gateway.domain.merchant import Principal
from gateway.domain.request_record import RequestRecord, member_of, readable_body, storable
from gateway.services.context import Context
from gateway.services.listing import Listing, page_request
from gateway.storage import request_log
from gateway.storage.lists import PageRequest
from gateway.storage.request_log import LogRow

#: Real seconds between writes.
FLUSH_S: Final = 1.0
#: What is held in memory between two writes; requests beyond are not logged.
RECORDS_MAX: Final = 2_000
BYTES_MAX: Final = 8_388_608
#: Rows made readable before other tasks get their turn.
_AT_ONCE: Final = 8
_PATH_LENGTH_MAX: Final = 512
_STATUS_CLASSES: Final = ("1xx", "2xx", "3xx", "4xx", "5xx")
_STATUS_DIGITS: Final = 3


class RequestLog:
    """
    One per API process.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._records: deque[RequestRecord] = deque()
        self._size_bytes = 0
        self.dropped = 0

    def note(self, record: RequestRecord) -> None:
        """
        Keep the record for the next write; when the buffer is full it is dropped and counted.
        """
        size = len(record.request_body or b"") + len(record.response_body or b"")
        if len(self._records) >= RECORDS_MAX or self._size_bytes + size > BYTES_MAX:
            self.dropped += 1
            return
        self._records.append(record)
        self._size_bytes += size

    async def follow(self) -> None:
        """
        Write what was noted, for ever.
        """
        while True:
            await self._context.clock.sleep(FLUSH_S)
            await self.flush()

    async def flush(self) -> None:
        """
        Write what was noted in one statement; it is dropped and counted when the database is away.
        """
        if not self._records:
            return
        records, self._records, self._size_bytes = self._records, deque(), 0
        rows = []
        for number, record in enumerate(records, start=1):
            rows.append(self._row(record))
            if number % _AT_ONCE == 0:
                await self._context.clock.sleep(0)
        try:
            await request_log.write_log(self._context.database, rows)
        except RetryLater:
            self.dropped += len(rows)

    def _row(self, record: RequestRecord) -> LogRow:
        hint = record.owner_hint
        if record.merchant_id is None and hint is None:
            named = member_of(record.request_body, "order_id")
            hint = named if isinstance(named, str) else None
        return LogRow(
            merchant_id=record.merchant_id,
            owner_hint=None if hint is None else storable(hint, 64),
            request_id=record.request_id,
            at=record.at,
            age_s=self._context.clock.monotonic_s() - record.finished_s,
            method=record.method,
            path=storable(record.path, _PATH_LENGTH_MAX),
            status=record.status,
            duration_ms=round(record.duration_ms, 3),
            entity_id=None if record.entity_id is None else storable(record.entity_id, 64),
            idempotency_key=None
            if record.idempotency_key is None
            else storable(record.idempotency_key, 255),
            replayed=record.replayed,
            error_code=record.error_code,
            request_body=readable_body(record.request_body),
            response_body=readable_body(record.response_body),
        )


async def list_requests(
    context: Context, principal: Principal, query: Mapping[str, str]
) -> Listing:
    """
    A page of the merchant's requests.  Raises `BadRequest`.
    """
    wanted = page_request("request-log", query)
    status = str(wanted.filters.get("status", "2xx"))
    is_number = status.isascii() and status.isdigit() and len(status) == _STATUS_DIGITS
    if status not in _STATUS_CLASSES and not is_number:
        raise BadRequest(
            "status must be a number such as 404 or a class such as 4xx", param="status"
        )
    page = await request_log.list_requests(context.database, principal.merchant.id, wanted)
    return Listing(page=page, limit=wanted.limit, offset=wanted.offset)


async def get_request(context: Context, principal: Principal, request_id: str) -> Any:
    """
    The merchant's newest request with this id.  Raises `NotFound`.
    """
    wanted = PageRequest(
        limit=1, offset=0, after_id=None, filters={"q": request_id}, is_counted=False
    )
    page = await request_log.list_requests(context.database, principal.merchant.id, wanted)
    if not page.rows:
        raise NotFound("Request not found")
    return page.rows[0]
