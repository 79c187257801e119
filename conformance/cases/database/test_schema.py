"""
The database schema of the assignment.
"""

import pytest

from conformance.harness import expect
from conformance.harness.channels.sql import Database
from conformance.harness.requirements import requirement


@requirement("PGC-DBS-001", source="contract 1.9")
async def test_merchants(database: Database) -> None:
    """
    The table `merchants` MUST have the columns of the assignment, `webhook_url` and `webhook_secret` among them.
    """
    columns = {
        "id": "uuid", "name": "varchar", "email": "varchar", "api_key": "varchar", "api_secret": "varchar", "webhook_url": "text",
        "webhook_secret": "varchar", "is_active": "bool", "created_at": "time", "updated_at": "time",
    }  # fmt: skip
    await database.check_columns("merchants", columns)


@requirement("PGC-DBS-002", source="contract 1.9")
async def test_orders(database: Database) -> None:
    """
    The table `orders` MUST have the columns of the assignment.
    """
    columns = {
        "id": "varchar", "merchant_id": "uuid", "amount": "int", "currency": "varchar", "receipt": "varchar", "notes": "json",
        "status": "varchar", "created_at": "time", "updated_at": "time",
    }  # fmt: skip
    await database.check_columns("orders", columns)


@requirement("PGC-DBS-003", source="contract 1.9")
async def test_payments(database: Database) -> None:
    """
    The table `payments` MUST have the columns of the assignment, `captured` with the default false among them.
    """
    columns = {
        "id": "varchar", "order_id": "varchar", "merchant_id": "uuid", "amount": "int", "currency": "varchar", "method": "varchar",
        "status": "varchar", "vpa": "varchar", "card_network": "varchar", "card_last4": "varchar", "error_code": "varchar",
        "error_description": "text", "captured": "bool", "created_at": "time", "updated_at": "time",
    }  # fmt: skip
    await database.check_columns("payments", columns)

    default = await database.default_of("payments", "captured")
    expect.that(
        "false" in default.lower(), f"expected captured to be false at first, got {default}"
    )


@requirement("PGC-DBS-004", source="contract 1.9")
async def test_refunds(database: Database) -> None:
    """
    The table `refunds` MUST have the columns of the assignment.
    """
    columns = {
        "id": "varchar", "payment_id": "varchar", "merchant_id": "uuid", "amount": "int", "reason": "text", "status": "varchar",
        "created_at": "time", "processed_at": "time",
    }  # fmt: skip
    await database.check_columns("refunds", columns)


@requirement("PGC-DBS-005", source="contract 1.9; wild-bugs M37")
async def test_webhook_logs(database: Database) -> None:
    """
    The table `webhook_logs` MUST have the columns of the assignment.
    """
    columns = {
        "id": "uuid", "merchant_id": "uuid", "event": "varchar", "payload": "json", "status": "varchar", "attempts": "int",
        "last_attempt_at": "time", "next_retry_at": "time", "response_code": "int", "response_body": "text", "created_at": "time",
    }  # fmt: skip
    await database.check_columns("webhook_logs", columns)


@requirement("PGC-DBS-006", source="contract 1.9")
async def test_idempotency_keys(database: Database) -> None:
    """
    The table `idempotency_keys` MUST have the columns of the assignment and a primary key over key and merchant.
    """
    columns = {
        "key": "varchar", "merchant_id": "uuid", "response": "json", "created_at": "time", "expires_at": "time",
    }  # fmt: skip
    await database.check_columns("idempotency_keys", columns)

    both = r'PRIMARY KEY \((?:"?key"?, merchant_id|merchant_id, "?key"?)\)'
    await database.check_constraint("idempotency_keys", both, "primary key of key and merchant_id")


@requirement("PGC-DBS-007", source="contract 1.9")
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("orders", "merchant_id"),
        ("payments", "order_id"),
        ("payments", "status"),
        ("refunds", "payment_id"),
        ("webhook_logs", "merchant_id"),
        ("webhook_logs", "status"),
    ],
)
async def test_indexes(database: Database, table: str, column: str) -> None:
    """
    The columns that the assignment searches by MUST have an index.
    """
    await database.check_index(table, column)


@requirement("PGC-DBS-008", source="contract 1.9")
async def test_index_of_due_retries(database: Database) -> None:
    """
    `webhook_logs.next_retry_at` MUST have an index that is restricted to pending rows.
    """
    await database.check_index("webhook_logs", "next_retry_at", where="status.*pending")


@requirement("PGC-DBS-009", source="contract 1.9")
@pytest.mark.parametrize(
    ("table", "column", "other"),
    [
        ("orders", "merchant_id", "merchants"),
        ("payments", "order_id", "orders"),
        ("refunds", "payment_id", "payments"),
        ("webhook_logs", "merchant_id", "merchants"),
    ],
)
async def test_foreign_keys(database: Database, table: str, column: str, other: str) -> None:
    """
    Orders, payments, refunds and webhook logs MUST refer to what they belong to by a foreign key.
    """
    pattern = rf'FOREIGN KEY \("?{column}"?\) REFERENCES (\w+\.)?"?{other}"?\('
    await database.check_constraint(table, pattern, f"foreign key from {column} to {other}")


@requirement("PGC-DBS-010", source="contract 1.9")
@pytest.mark.parametrize("column", ["email", "api_key"])
async def test_emails_and_keys_are_unique(database: Database, column: str) -> None:
    """
    A merchant's e-mail and API key MUST be unique.
    """
    await database.check_unique("merchants", column)
