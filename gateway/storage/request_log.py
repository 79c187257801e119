"""
The request log: written by the batch, the newest rows kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from gateway.storage.database import Database
from gateway.storage.lists import Page, PageRequest
from gateway.storage.pages import Conditions, count, empty_page, read_page

#: Rows that are kept, of all merchants together.
ROWS_KEPT: Final = 20_000
_ID_DIGITS_MAX: Final = 18
_CLASSES: Final = {f"{digit}xx": digit * 100 for digit in range(1, 6)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """
    A row to be written; texts are fit for PostgreSQL.  `at` None means `age_s` real seconds ago by a clock that runs, now by one that stands.
    """

    merchant_id: UUID | None
    owner_hint: str | None
    request_id: str
    at: datetime | None
    age_s: float
    method: str
    path: str
    status: int
    duration_ms: float
    entity_id: str | None
    idempotency_key: str | None
    replayed: bool
    error_code: str | None
    request_body: str | None
    response_body: str | None


_TYPES: Final = {
    "merchant_id": "uuid",
    "owner_hint": "text",
    "request_id": "text",
    "at": "timestamptz",
    "age_s": "float8",
    "method": "text",
    "path": "text",
    "status": "int",
    "duration_ms": "float8",
    "entity_id": "text",
    "idempotency_key": "text",
    "replayed": "boolean",
    "error_code": "text",
    "request_body": "text",
    "response_body": "text",
}
_ARRAYS: Final = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(_TYPES.values(), start=1))
_KEPT: Final = "request_id, method, path, status, duration_ms, entity_id, idempotency_key, replayed, error_code, request_body, response_body"
_WRITE: Final = f"""
WITH gone AS (
    DELETE FROM request_log WHERE id <= (SELECT max(id) FROM request_log) - {ROWS_KEPT}
)
INSERT INTO request_log (merchant_id, at, {_KEPT})
SELECT coalesce(r.merchant_id, p.merchant_id, o.merchant_id),
    coalesce(r.at, CASE c.mode WHEN 'real' THEN clock_timestamp() - make_interval(secs => r.age_s) ELSE c.frozen_at END),
    {", ".join(f"r.{name.strip()}" for name in _KEPT.split(","))}
FROM unnest({_ARRAYS}) WITH ORDINALITY AS r ({", ".join(_TYPES)}, number) CROSS JOIN test_clock c
LEFT JOIN payments p ON r.merchant_id IS NULL AND p.id = r.owner_hint
LEFT JOIN orders o ON r.merchant_id IS NULL AND o.id = r.owner_hint
WHERE coalesce(r.merchant_id, p.merchant_id, o.merchant_id) IS NOT NULL ORDER BY r.number"""


async def write_log(database: Database, rows: Sequence[LogRow]) -> None:
    """
    Add rows in one statement, and forget the oldest beyond `ROWS_KEPT`.  Rows that concern no merchant are left out.
    """
    columns = [[getattr(row, name) for row in rows] for name in _TYPES]
    await database.statement(_WRITE, *columns)


_ROWS: Final = f"SELECT id, at, {_KEPT} FROM request_log"


def _conditions(merchant_id: UUID, wanted: PageRequest) -> Conditions:
    conditions = Conditions(merchant_id)
    conditions.between("at", wanted)
    for name, value in wanted.filters.items():
        match name:
            case "status" if value in _CLASSES:
                least = _CLASSES[str(value)]
                conditions.add("status BETWEEN ? AND ?", least, least + 99)
            case "status":
                conditions.add("status = ?", int(value))
            case "path":
                conditions.add("starts_with(path, ?)", value)
            case "q":
                conditions.add("request_id = ?", value)
            case _:
                conditions.add(f"{name} = ?", value)
    return conditions


async def list_requests(database: Database, merchant_id: UUID, wanted: PageRequest) -> Page:
    """
    The merchant's requests, newest first.  The filter `status` is a number or a class such as `4xx`, `path` a beginning, `q` a request id.
    """
    conditions = _conditions(merchant_id, wanted)
    total = await count(database, "request_log", conditions) if wanted.is_counted else None
    if wanted.after_id is not None:
        if not (wanted.after_id.isdecimal() and len(wanted.after_id) <= _ID_DIGITS_MAX):
            return empty_page(total)
        conditions.add("id < ?", int(wanted.after_id))
    rows, has_more = await read_page(database, _ROWS, conditions, "id DESC", wanted)
    return Page(rows=rows, total=total, has_more=has_more)


async def requests_about(
    database: Database, entities: Sequence[str], *, merchant_id: UUID, limit: int
) -> list[Any]:
    """
    The merchant's newest requests about these objects, oldest first.
    """
    rows = await database.read(
        f"{_ROWS} WHERE merchant_id = $1 AND entity_id = ANY ($2::text[]) ORDER BY id DESC LIMIT {limit}",
        merchant_id,
        list(entities),
    )
    return rows[::-1]
