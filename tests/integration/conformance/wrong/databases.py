"""
Wrong databases: a schema that lacks one thing, and rows that are changed behind the gateway's back.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongDatabase:
    """
    What makes it wrong and what takes that back, as SQL; which requirement must fail, and words of the reason.
    """

    do: str
    undo: str
    fails: str
    says: str


def _column(table: str, old: str, new: str, requirement: str) -> WrongDatabase:
    return WrongDatabase(
        do=f"ALTER TABLE {table} RENAME {old} TO {new}",
        undo=f"ALTER TABLE {table} RENAME {new} TO {old}",
        fails=requirement,
        says=f"{table} has no column {old}",
    )


def _trigger(table: str, when: str, change: str, requirement: str, says: str) -> WrongDatabase:
    return WrongDatabase(
        do="CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {change}; RETURN NEW; END $$;"
        f"CREATE TRIGGER spoil BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION spoil()",
        undo="DROP FUNCTION spoil CASCADE",
        fails=requirement,
        says=says,
    )


#: Of a database with the gateway's schema and nothing in it.
SCHEMAS = {
    "merchants-without-a-url": _column("merchants", "webhook_url", "callback_url", "DBS-001"),
    "orders-without-notes": _column("orders", "notes", "metadata", "DBS-002"),
    "payments-without-an-error": _column("payments", "error_code", "reason_code", "DBS-003"),
    "payments-are-captured": WrongDatabase(
        do="ALTER TABLE payments ALTER captured SET DEFAULT true",
        undo="ALTER TABLE payments ALTER captured SET DEFAULT false",
        fails="DBS-003",
        says="expected captured to be false at first, got true",
    ),
    "refunds-without-a-time": _column("refunds", "processed_at", "done_at", "DBS-004"),
    "logs-of-text": WrongDatabase(
        do="ALTER TABLE webhook_logs ALTER payload TYPE text",
        undo="ALTER TABLE webhook_logs ALTER payload TYPE jsonb USING payload::jsonb",
        fails="DBS-005",
        says="expected webhook_logs.payload to be json or jsonb, found text",
    ),
    "keys-of-everybody": WrongDatabase(
        do="ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey, ADD PRIMARY KEY (key)",
        undo="ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey, ADD PRIMARY KEY (key, merchant_id)",
        fails="DBS-006",
        says="idempotency_keys has no primary key of key and merchant_id",
    ),
    "no-index-on-status": WrongDatabase(
        do="DROP INDEX idx_payments_status",
        undo="CREATE INDEX idx_payments_status ON payments (status)",
        fails="DBS-007",
        says="payments has no index on status",
    ),
    "due-retries-among-all": WrongDatabase(
        do="DROP INDEX idx_webhook_logs_next_retry_at; CREATE INDEX idx_all ON webhook_logs (next_retry_at)",
        undo="DROP INDEX idx_all; CREATE INDEX idx_webhook_logs_next_retry_at ON webhook_logs (next_retry_at) WHERE status = 'pending'",
        fails="DBS-008",
        says="webhook_logs has no index on next_retry_at where status",
    ),
    "refunds-of-nothing": WrongDatabase(
        do="ALTER TABLE refunds DROP CONSTRAINT refunds_payment_id_fkey",
        undo="ALTER TABLE refunds ADD CONSTRAINT refunds_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments (id)",
        fails="DBS-009",
        says="refunds has no foreign key from payment_id to payments",
    ),
    "two-merchants-of-one-address": WrongDatabase(
        do="ALTER TABLE merchants DROP CONSTRAINT merchants_email_key",
        undo="ALTER TABLE merchants ADD CONSTRAINT merchants_email_key UNIQUE (email)",
        fails="DBS-010",
        says="merchants.email is not unique",
    ),
}

#: Of the database of a gateway that runs.
ROWS = {
    "another-address": WrongDatabase(
        do="UPDATE merchants SET email = 'shop@example.com' WHERE api_key = 'key_test_abc123'",
        undo="UPDATE merchants SET email = 'test@example.com' WHERE api_key = 'key_test_abc123'",
        fails="DBS-011",
        says="expected the seeded merchant to be",
    ),
    "a-table-of-cards": WrongDatabase(
        do="CREATE TABLE debug_dump (request json); INSERT INTO debug_dump VALUES ('{\"number\":\"4111111111111111\"}')",
        undo="DROP TABLE debug_dump",
        fails="DBS-012",
        says="found it in ['debug_dump.request']",
    ),
    "captures-are-not-written": _trigger(
        "payments", "UPDATE", "NEW.captured := false", "DBS-013",
        "expected captured before and after to be ['false', 'true'], got ['false', 'false']",
    ),
    "retries-live-in-memory": _trigger(
        "webhook_logs", "UPDATE", "NEW.next_retry_at := NULL", "DBS-014",
        "expected the log's row to be",
    ),
    "keys-live-for-an-hour": _trigger(
        "idempotency_keys", "INSERT", "NEW.expires_at := NEW.created_at + interval '1 hour'", "DBS-015",
        "expected hours until the key expires to be ['24'], got ['1']",
    ),
}  # fmt: skip
