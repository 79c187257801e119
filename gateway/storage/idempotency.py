"""
Idempotency rows: inserted first, in the transaction of the effect; a rival waits on the row and then replays.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from gateway.domain.idempotency import LIFETIME, KeyedRequest, StoredResponse
from gateway.storage.database import Database

#: Takes the key, or an expired row of it. $1 key (NULL: no key, nothing happens), $2 merchant, $3 now, $4-$8 the answer.
KEY_CTE: Final = """
kept AS (
    INSERT INTO idempotency_keys AS k (key, merchant_id, response, created_at, expires_at, operation, fingerprint, response_status, response_body)
    SELECT $1::text, $2::uuid, convert_from($8::bytea, 'UTF8')::json, $3::timestamptz, $3::timestamptz + make_interval(secs => $4::float8), $5::text,
        $6::bytea, $7::int, $8::bytea WHERE $1::text IS NOT NULL
    ON CONFLICT (key, merchant_id) DO UPDATE SET response = EXCLUDED.response, created_at = EXCLUDED.created_at,
        expires_at = EXCLUDED.expires_at, operation = EXCLUDED.operation, fingerprint = EXCLUDED.fingerprint,
        response_status = EXCLUDED.response_status, response_body = EXCLUDED.response_body
    WHERE k.expires_at <= EXCLUDED.created_at
    RETURNING 1
)"""


def key_arguments(
    stored: StoredResponse | None, merchant_id: UUID, now: datetime
) -> tuple[Any, ...]:
    """
    The eight arguments of `KEY_CTE`.
    """
    if stored is None:
        return None, merchant_id, now, 0.0, None, None, None, b"{}"
    request = stored.request
    return (
        request.key,
        merchant_id,
        now,
        LIFETIME.total_seconds(),
        request.operation,
        request.fingerprint,
        stored.status,
        stored.body,
    )


async def find_response(
    database: Database, merchant_id: UUID, key: str, *, now: datetime
) -> StoredResponse | None:
    """
    The stored answer of a live key.
    """
    row = await database.read_one(
        "SELECT operation, fingerprint, response_status, response_body FROM idempotency_keys "
        "WHERE key = $1 AND merchant_id = $2 AND expires_at > $3",
        key,
        merchant_id,
        now,
    )
    if row is None:
        return None
    return StoredResponse(
        request=KeyedRequest(key=key, operation=row["operation"], fingerprint=row["fingerprint"]),
        status=row["response_status"],
        body=row["response_body"],
    )


async def forget_expired(database: Database, *, limit: int) -> int:
    """
    Delete up to `limit` keys that expired more than an hour ago.
    """
    rows = await database.read(
        "DELETE FROM idempotency_keys WHERE (key, merchant_id) IN (SELECT key, merchant_id FROM idempotency_keys "
        "WHERE expires_at < business_now() - interval '1 hour' LIMIT $1) RETURNING 1",
        limit,
    )
    return len(rows)
