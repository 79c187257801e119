"""
Deliveries: claim with the attempt's row, outcome, manual retry, and the endpoint's health.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from gateway.domain.work import Claim, WorkKind, WorkRef
from gateway.storage.database import Database
from gateway.storage.pages import Conditions, count
from gateway.storage.work import CLAIM_CTE, claim_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedDelivery:
    """
    A delivery whose next attempt is recorded as started: everything needed to send it.
    """

    claim: Claim
    id: UUID
    event: str
    event_id: str
    body: bytes
    attempt_number: int
    generation: int
    sequence: int
    url: str | None
    legacy_secrets: tuple[bytes, ...]
    signing_secrets: tuple[bytes, ...]
    endpoint_enabled: bool
    consecutive_failures: int
    failing_since: datetime | None
    breaker_open_until: datetime | None


#: Secrets newest first; those that ran out are not used.
_SECRETS: Final = (
    "(SELECT coalesce(array_agg(s.ciphertext ORDER BY s.expires_at DESC NULLS FIRST), '{{}}') FROM webhook_secrets s "
    "WHERE s.merchant_id = m.id AND s.scheme = '{scheme}' AND (s.expires_at IS NULL OR s.expires_at > business_now()))"
)

_CLAIM: Final = f"""
WITH {CLAIM_CTE}, started AS (
    UPDATE webhook_logs l SET attempts = l.attempts + 1, last_attempt_at = business_now()
    FROM claimed, merchants m LEFT JOIN webhook_endpoints e ON e.merchant_id = m.id
    WHERE l.id = claimed.entity_id::uuid AND m.id = l.merchant_id AND m.webhook_url IS NOT NULL AND coalesce(e.status, 'enabled') = 'enabled'
        AND (e.breaker_open_until IS NULL OR e.breaker_open_until <= business_now()) AND l.status = 'pending'
    RETURNING l.id, l.attempts
), attempt AS (
    INSERT INTO webhook_attempts (log_id, generation, number, started_at, url, merchant_id)
    SELECT l.id, l.generation, started.attempts, business_now(), m.webhook_url, l.merchant_id
    FROM started JOIN webhook_logs l ON l.id = started.id JOIN merchants m ON m.id = l.merchant_id
)
SELECT l.id, l.event, l.event_id, l.body, l.generation, l.sequence, coalesce(started.attempts, 0) AS attempt_number, m.webhook_url,
    {_SECRETS.format(scheme="legacy")} AS legacy_secrets, {_SECRETS.format(scheme="standard")} AS signing_secrets,
    coalesce(e.status, 'enabled') = 'enabled' AS endpoint_enabled, coalesce(e.consecutive_failures, 0) AS consecutive_failures,
    e.failing_since, e.breaker_open_until,
    claimed.kind, claimed.entity_id, claimed.merchant_id AS work_merchant_id, claimed.fence, claimed.attempts AS work_attempts,
    claimed.crashes, claimed.created_at AS work_created_at, business_now() AS now
FROM claimed JOIN webhook_logs l ON l.id = claimed.entity_id::uuid JOIN merchants m ON m.id = l.merchant_id
    LEFT JOIN webhook_endpoints e ON e.merchant_id = m.id LEFT JOIN started ON started.id = l.id"""


async def claim_delivery(
    database: Database, ref: WorkRef, *, owner: str, lease_s: float
) -> ClaimedDelivery | None:
    """
    Take the delivery and record that its next attempt begins (`attempt_number` 0: none began, the endpoint is off or the breaker open).
    """
    row = await database.statement(_CLAIM, ref.kind.value, ref.entity_id, owner, lease_s)
    if row is None:
        return None
    return ClaimedDelivery(
        claim=claim_of(row),
        id=row["id"],
        event=row["event"],
        event_id=row["event_id"],
        body=row["body"],
        attempt_number=row["attempt_number"],
        generation=row["generation"],
        sequence=row["sequence"],
        url=row["webhook_url"],
        legacy_secrets=tuple(row["legacy_secrets"]),
        signing_secrets=tuple(row["signing_secrets"]),
        endpoint_enabled=row["endpoint_enabled"],
        consecutive_failures=row["consecutive_failures"],
        failing_since=row["failing_since"],
        breaker_open_until=row["breaker_open_until"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptResult:
    """
    What became of an attempt, and what follows: `next_delay_s` (from now on) None ends the delivery.
    """

    succeeded: bool
    status: int | None
    error_class: str | None
    response_text: str
    latency_ms: int
    next_delay_s: float | None
    request_headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointChange:
    """
    The endpoint's health after an attempt.
    """

    consecutive_failures: int
    failing_since: datetime | None
    breaker_open_until: datetime | None
    disabled_reason: str | None


_FINISH: Final = """
WITH released AS (
    UPDATE work_items SET state = $3::text, due_at = CASE WHEN $4::float8 IS NULL THEN due_at ELSE business_now() + make_interval(secs => $4::float8) END,
        lease_owner = NULL, lease_until = NULL, finished_at = CASE WHEN $4::float8 IS NULL THEN business_now() END
    WHERE kind = $1::text AND entity_id = $2::text AND state = 'waiting' AND fence = $5 RETURNING due_at
), noted AS (
    UPDATE webhook_attempts SET finished_at = business_now(), status = $6::int, error_class = $7, latency_ms = $8, response_body = $9::text,
        request_headers = $19::json
    FROM released WHERE log_id = $2::text::uuid AND generation = $10 AND number = $11
), health AS (
    UPDATE webhook_endpoints SET consecutive_failures = $13, failing_since = $14, breaker_open_until = $15,
        status = CASE WHEN $16::text IS NULL THEN status ELSE 'disabled' END, disabled_reason = coalesce($16::text, disabled_reason)
    FROM released WHERE merchant_id = $17 AND $12
)
UPDATE webhook_logs SET status = $18, next_retry_at = CASE WHEN $4::float8 IS NULL THEN NULL ELSE released.due_at END,
    response_code = $6::int, response_body = $9::text
FROM released WHERE id = $2::text::uuid AND generation = $10 RETURNING 1 AS one"""


async def finish_attempt(
    database: Database,
    delivery: ClaimedDelivery,
    result: AttemptResult,
    change: EndpointChange | None,
) -> bool:
    """
    Record the attempt's result and the next due instant, guarded by the fence; False when the claim was lost.
    """
    is_over = result.next_delay_s is None
    status = "success" if result.succeeded else "failed" if is_over else "pending"
    row = await database.statement(
        _FINISH,
        WorkKind.DELIVERY.value,
        delivery.claim.ref.entity_id,
        "done" if is_over else "waiting",
        result.next_delay_s,
        delivery.claim.fence,
        result.status,
        result.error_class,
        result.latency_ms,
        result.response_text,
        delivery.generation,
        delivery.attempt_number,
        change is not None,
        0 if change is None else change.consecutive_failures,
        None if change is None else change.failing_since,
        None if change is None else change.breaker_open_until,
        None if change is None else change.disabled_reason,
        delivery.claim.merchant_id,
        status,
        msgspec.json.encode(result.request_headers).decode(),
    )
    return row is not None


_RETRY: Final = """
WITH reopened AS (
    UPDATE webhook_logs SET status = 'pending', attempts = 0, generation = generation + 1, next_retry_at = business_now()
    WHERE {which} RETURNING id, merchant_id
)
INSERT INTO work_items (kind, entity_id, merchant_id, due_at, created_at)
SELECT 'delivery', reopened.id::text, reopened.merchant_id, business_now(), business_now() FROM reopened
ON CONFLICT (kind, entity_id) DO UPDATE SET state = 'waiting', due_at = business_now(), fence = work_items.fence + 1,
    lease_owner = NULL, lease_until = NULL, attempts = 0, crashes = 0, finished_at = NULL
RETURNING entity_id"""


async def reopen_delivery(database: Database, log_id: UUID, *, merchant_id: UUID) -> bool:
    """
    Ask for the delivery again: attempts start at 0 in a new generation, the history stays; False when there is no such delivery.
    """
    query = _RETRY.format(which="id = $1 AND merchant_id = $2")
    return await database.statement(query, log_id, merchant_id) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """
    Which deliveries a bulk retry is about; None does not restrict.  `created_to` is not part of the range.
    """

    status: str
    event: str | None
    entity_id: str | None
    event_id: str | None
    created_from: datetime | None
    created_to: datetime | None


def _conditions(merchant_id: UUID, which: DeliveryFilter) -> Conditions:
    conditions = Conditions(merchant_id)
    wanted = {
        "status = ?": which.status,
        "event = ?": which.event,
        "entity_id = ?": which.entity_id,
        "event_id = ?": which.event_id,
        "created_at >= ?": which.created_from,
        "created_at < ?": which.created_to,
    }
    for clause, value in wanted.items():
        if value is not None:
            conditions.add(clause, value)
    return conditions


async def count_deliveries(database: Database, merchant_id: UUID, which: DeliveryFilter) -> int:
    """
    How many deliveries fit.
    """
    return await count(database, "webhook_logs", _conditions(merchant_id, which))


async def reopen_deliveries(
    database: Database, merchant_id: UUID, which: DeliveryFilter, *, limit: int
) -> list[str]:
    """
    Ask again for the oldest `limit` deliveries that fit; their ids.
    """
    conditions = _conditions(merchant_id, which)
    oldest = f"SELECT id FROM webhook_logs WHERE {conditions} ORDER BY sequence LIMIT {limit}"
    query = _RETRY.format(which=f"id IN ({oldest})")
    return [row["entity_id"] for row in await database.read(query, *conditions.arguments)]


_FIND: Final = """
SELECT id, event, status, attempts, created_at, last_attempt_at, response_code, next_retry_at, event_id, entity_id, payload, body
FROM webhook_logs WHERE id = $1 AND merchant_id = $2"""


async def find_delivery(
    database: Database, log_id: UUID, *, merchant_id: UUID
) -> asyncpg.Record | None:
    """
    The merchant's delivery with its payload and the bytes that are sent.
    """
    return await database.read_one(_FIND, log_id, merchant_id)
