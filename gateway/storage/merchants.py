"""
Merchants: authentication look-up, seeding, settings.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from gateway.domain.merchant import Behaviour, Merchant
from gateway.storage.database import Connection, Database

#: What `merchant_of` needs; m is merchants, e is webhook_endpoints (outer join).
MERCHANT_COLUMNS: Final = (
    "m.id, m.name, m.email, m.api_key, m.webhook_url, m.webhook_events, m.behaviour, m.checkout_origins, "
    "coalesce(e.status, 'enabled') = 'enabled' AS endpoint_enabled"
)


def merchant_of(row: asyncpg.Record) -> Merchant:
    """
    Build the domain object from a row with `MERCHANT_COLUMNS`.
    """
    events = row["webhook_events"]
    return Merchant(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        api_key=row["api_key"],
        webhook_url=row["webhook_url"],
        webhook_events=None if events is None else tuple(events),
        endpoint_enabled=row["endpoint_enabled"],
        behaviour=Behaviour(row["behaviour"]),
        checkout_origins=tuple(row["checkout_origins"]),
    )


_BY_KEY: Final = (
    f"SELECT {MERCHANT_COLUMNS}, m.api_secret_hash, business_now() AS now FROM merchants m "
    "LEFT JOIN webhook_endpoints e ON e.merchant_id = m.id WHERE m.api_key = $1 AND m.is_active"
)


async def find_by_api_key(
    database: Database, api_key: str
) -> tuple[Merchant, bytes, datetime] | None:
    """
    The merchant, the hash of its secret and business now, in one statement.
    """
    row = await database.read_one(_BY_KEY, api_key)
    return None if row is None else (merchant_of(row), row["api_secret_hash"], row["now"])


async def find_merchant(database: Database, merchant_id: UUID) -> Merchant | None:
    """
    The merchant by id.
    """
    row = await database.read_one(
        f"SELECT {MERCHANT_COLUMNS} FROM merchants m LEFT JOIN webhook_endpoints e ON e.merchant_id = m.id WHERE m.id = $1",
        merchant_id,
    )
    return None if row is None else merchant_of(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMerchant:
    """
    A merchant to be seeded or created.  Plain secrets are stored only when `keeps_plain_secrets` (the published test merchant).
    """

    id: UUID
    name: str
    email: str
    api_key: str
    api_secret: str
    api_secret_hash: bytes
    webhook_secret: str
    webhook_secret_ciphertext: bytes
    signing_secret_ciphertext: bytes
    keeps_plain_secrets: bool


async def seed_merchant(database: Database, new: NewMerchant) -> bool:
    """
    Create the merchant unless it exists; True when it was created.  An existing one is left as its owner set it.
    """

    async def work(connection: Connection) -> bool:
        created = await connection.fetchrow(
            "INSERT INTO merchants (id, name, email, api_key, api_secret, api_secret_hash, webhook_secret, created_at, updated_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, business_now(), business_now()) ON CONFLICT DO NOTHING RETURNING id",
            new.id,
            new.name,
            new.email,
            new.api_key,
            new.api_secret if new.keeps_plain_secrets else None,
            new.api_secret_hash,
            new.webhook_secret if new.keeps_plain_secrets else None,
        )
        if created is None:
            return False
        await connection.execute(
            "INSERT INTO webhook_secrets (merchant_id, scheme, ciphertext, created_at) "
            "VALUES ($1, 'legacy', $2, business_now()), ($1, 'standard', $3, business_now())",
            new.id,
            new.webhook_secret_ciphertext,
            new.signing_secret_ciphertext,
        )
        await connection.execute("INSERT INTO webhook_endpoints (merchant_id) VALUES ($1)", new.id)
        return True

    return await database.transact(work)
