"""
Orders: creation and reads.
"""

from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from gateway.domain.merchant import Behaviour, Merchant
from gateway.domain.order import Order, OrderStatus
from gateway.storage.database import Database
from gateway.storage.merchants import MERCHANT_COLUMNS, merchant_of


def order_of(row: asyncpg.Record) -> Order:
    """
    Build the domain object from a row with every column of `orders`.
    """
    notes = row["notes"]
    return Order(
        id=row["id"],
        merchant_id=row["merchant_id"],
        amount_minor=row["amount"],
        currency=row["currency"],
        receipt=row["receipt"],
        notes=None if notes is None else msgspec.json.decode(notes),
        status=OrderStatus(row["status"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


async def next_order_number(database: Database) -> int:
    """
    The number of the next order; gaps are harmless.
    """
    row = await database.read_one("SELECT nextval('order_numbers') AS n")
    assert row is not None
    return int(row["n"])


_INSERT: Final = (
    "INSERT INTO orders (id, merchant_id, amount, currency, receipt, notes, created_at, updated_at) "
    "VALUES ($1, $2, $3, $4, $5, $6::json, $7, $7) ON CONFLICT (id) DO NOTHING RETURNING id"
)


async def insert_order(database: Database, order: Order) -> bool:
    """
    Create the order; False when the id is taken.
    """
    row = await database.statement(
        _INSERT,
        order.id,
        order.merchant_id,
        order.amount_minor,
        order.currency,
        order.receipt,
        None if order.notes is None else msgspec.json.encode(order.notes).decode(),
        order.created_at,
    )
    return row is not None


async def find_order(
    database: Database, order_id: str, *, merchant_id: UUID | None
) -> tuple[Order, int] | None:
    """
    The order and how many payments it has, if it belongs to the merchant (None = any, for public routes).
    """
    row = await database.read_one(
        "SELECT o.*, (SELECT count(*) FROM payments p WHERE p.order_id = o.id) AS payment_count FROM orders o "
        "WHERE id = $1 AND ($2::uuid IS NULL OR merchant_id = $2)",
        order_id,
        merchant_id,
    )
    return None if row is None else (order_of(row), row["payment_count"])


async def merchant_of_order(database: Database, order_id: str) -> Merchant | None:
    """
    The merchant that a public request about this order acts for.
    """
    row = await database.read_one(
        f"SELECT {MERCHANT_COLUMNS} FROM merchants m LEFT JOIN webhook_endpoints e ON e.merchant_id = m.id "
        "WHERE m.id = (SELECT merchant_id FROM orders WHERE id = $1) AND m.is_active",
        order_id,
    )
    return None if row is None else merchant_of(row)


async def mark_paid(database: Database, order_id: str) -> None:
    """
    Note that an order was paid; only for merchants on the strict profile.
    """
    await database.statement(
        "UPDATE orders SET status = 'paid', updated_at = business_now() FROM merchants m "
        "WHERE orders.id = $1 AND m.id = orders.merchant_id AND m.behaviour = $2 AND orders.status = 'created'",
        order_id,
        Behaviour.STRICT.value,
    )
