"""
A merchant's webhook settings and secrets.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.storage.database import Connection, Database


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """
    Where and what a merchant wants to be told; secrets as ciphertext, newest first.
    """

    url: str | None
    events: tuple[str, ...] | None
    status: str
    disabled_reason: str | None
    consecutive_failures: int
    failing_since: datetime | None
    breaker_open_until: datetime | None
    legacy_secrets: tuple[bytes, ...]
    signing_secrets: tuple[bytes, ...]
    checkout_origins: tuple[str, ...]
    behaviour: str


_READ: Final = """
SELECT m.webhook_url, m.webhook_events, m.checkout_origins, m.behaviour, coalesce(e.status, 'enabled') AS status, e.disabled_reason,
    coalesce(e.consecutive_failures, 0) AS consecutive_failures, e.failing_since, e.breaker_open_until,
    (SELECT coalesce(array_agg(ciphertext ORDER BY expires_at DESC NULLS FIRST), '{}') FROM webhook_secrets s
        WHERE s.merchant_id = m.id AND scheme = 'legacy' AND (expires_at IS NULL OR expires_at > business_now())) AS legacy_secrets,
    (SELECT coalesce(array_agg(ciphertext ORDER BY expires_at DESC NULLS FIRST), '{}') FROM webhook_secrets s
        WHERE s.merchant_id = m.id AND scheme = 'standard' AND (expires_at IS NULL OR expires_at > business_now())) AS signing_secrets
FROM merchants m LEFT JOIN webhook_endpoints e ON e.merchant_id = m.id WHERE m.id = $1"""


async def read_webhook_settings(database: Database, merchant_id: UUID) -> WebhookSettings:
    """
    The settings of an existing merchant.
    """
    row = await database.read_one(_READ, merchant_id)
    assert row is not None
    events = row["webhook_events"]
    return WebhookSettings(
        url=row["webhook_url"],
        events=None if events is None else tuple(events),
        status=row["status"],
        disabled_reason=row["disabled_reason"],
        consecutive_failures=row["consecutive_failures"],
        failing_since=row["failing_since"],
        breaker_open_until=row["breaker_open_until"],
        legacy_secrets=tuple(row["legacy_secrets"]),
        signing_secrets=tuple(row["signing_secrets"]),
        checkout_origins=tuple(row["checkout_origins"]),
        behaviour=row["behaviour"],
    )


#: A new address, or turning it on again, starts with a clean record.
_WRITE: Final = """
WITH changed AS (
    UPDATE merchants SET webhook_url = $2, webhook_events = $3, checkout_origins = $4, behaviour = $5, updated_at = business_now()
    WHERE id = $1 RETURNING id
)
INSERT INTO webhook_endpoints (merchant_id) SELECT id FROM changed
ON CONFLICT (merchant_id) DO UPDATE SET status = 'enabled', disabled_reason = NULL, consecutive_failures = 0, failing_since = NULL,
    breaker_open_until = NULL"""


async def write_webhook_settings(
    database: Database,
    merchant_id: UUID,
    *,
    url: str | None,
    events: tuple[str, ...] | None,
    checkout_origins: tuple[str, ...],
    behaviour: str,
) -> None:
    """
    Replace the settings; enables the endpoint and closes its breaker.
    """
    await database.statement(
        _WRITE,
        merchant_id,
        url,
        None if events is None else list(events),
        list(checkout_origins),
        behaviour,
    )


async def rotate_secret(
    database: Database,
    merchant_id: UUID,
    *,
    scheme: str,
    ciphertext: bytes,
    overlap_s: float,
    clears_plain: bool,
) -> None:
    """
    Make a new secret the current one; the one before stays valid for `overlap_s` business seconds, older ones end at once.
    """

    async def work(connection: Connection) -> None:
        await connection.execute(
            "UPDATE webhook_secrets SET expires_at = business_now() WHERE merchant_id = $1 AND scheme = $2 AND expires_at > business_now()",
            merchant_id,
            scheme,
        )
        await connection.execute(
            "UPDATE webhook_secrets SET expires_at = business_now() + make_interval(secs => $3) "
            "WHERE merchant_id = $1 AND scheme = $2 AND expires_at IS NULL",
            merchant_id,
            scheme,
            overlap_s,
        )
        await connection.execute(
            "INSERT INTO webhook_secrets (merchant_id, scheme, ciphertext, created_at) VALUES ($1, $2, $3, business_now())",
            merchant_id,
            scheme,
            ciphertext,
        )
        if clears_plain and scheme == "legacy":
            await connection.execute(
                "UPDATE merchants SET webhook_secret = NULL WHERE id = $1", merchant_id
            )

    await database.transact(work)
