"""
The bank's callbacks that were taken, so that a resend has no second effect.
"""

from typing import Final

from gateway.domain.work import WorkRef
from gateway.storage.database import Database

_TAKE: Final = """
WITH taken AS (
    INSERT INTO bank_events (bank_event_id, entity_id, type, body_sha256, received_at)
    VALUES ($1, $2::text, $3, sha256($4), business_now()) ON CONFLICT (bank_event_id) DO NOTHING RETURNING 1
)
INSERT INTO work_items (kind, entity_id, merchant_id, due_at, created_at)
SELECT $5::text, $2::text, $6::uuid, business_now(), business_now() FROM taken
ON CONFLICT (kind, entity_id) DO UPDATE SET state = 'waiting', due_at = business_now(), finished_at = NULL
RETURNING 1 AS one"""


async def take_bank_event(
    database: Database,
    *,
    event_id: str,
    event_type: str,
    body: bytes,
    ref: WorkRef,
    merchant_id: object,
) -> bool:
    """
    Note the callback and make its work due, once; False when it was known already.
    """
    row = await database.statement(
        _TAKE, event_id, ref.entity_id, event_type, body, ref.kind.value, merchant_id
    )
    return row is not None
