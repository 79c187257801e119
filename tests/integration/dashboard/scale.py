"""
Fills a sandbox's database in one statement per table, as no API could in this time.
"""

from typing import Final

import asyncpg

MERCHANT: Final = "550e8400-e29b-41d4-a716-446655440000"

_ORDERS: Final = """
INSERT INTO orders (id, merchant_id, amount, currency, receipt, status, created_at, updated_at)
SELECT 'order_' || lpad(n::text, 16, '0'), $1::uuid, 10000 + n % 900, 'INR', 'r' || n, 'created', at, at
FROM generate_series(1, $2::int) AS n, LATERAL (SELECT now() - make_interval(secs => n * 6) AS at) AS t"""
_PAYMENTS: Final = """
INSERT INTO payments (id, order_id, merchant_id, amount, currency, method, status, vpa, captured, created_at, updated_at, decided_at, authorised_minor,
    paid_minor, bank_state, bank_request_id, bank_instrument, version)
SELECT 'pay_' || lpad(n::text, 16, '0'), 'order_' || lpad(n::text, 16, '0'), $1::uuid, 10000 + n % 900, 'INR', 'upi',
    CASE WHEN n % 10 = 0 THEN 'failed' ELSE 'success' END, 'success@bank', false, at, at + interval '40 ms', at + interval '40 ms',
    CASE WHEN n % 10 = 0 THEN 0 ELSE 10000 + n % 900 END, CASE WHEN n % 10 = 0 THEN 0 ELSE 10000 + n % 900 END,
    CASE WHEN n % 10 = 0 THEN 'declined' ELSE 'captured' END, 'pay_' || lpad(n::text, 16, '0') || ':auth:1', '{"type":"upi"}', 2
FROM generate_series(1, $2::int) AS n, LATERAL (SELECT now() - make_interval(secs => n * 6) AS at) AS t"""
_EVENTS: Final = """
INSERT INTO events (id, merchant_id, type, entity_id, data, created_at)
SELECT 'evt_' || substr(id, 5), merchant_id, 'payment.' || status, id, '{"event":"payment"}', updated_at FROM payments
WHERE merchant_id = $1::uuid ORDER BY created_at DESC LIMIT $2::int / 5"""
_DELIVERIES: Final = """
INSERT INTO webhook_logs (id, merchant_id, event, payload, status, attempts, last_attempt_at, response_code, created_at, event_id, entity_id, body)
SELECT gen_random_uuid(), merchant_id, type, '{}', 'success', 1, created_at, 200, created_at, id, entity_id, '{}'::bytea FROM events
WHERE merchant_id = $1::uuid AND $2::int > 0 ORDER BY sequence"""
_ATTEMPTS: Final = """
INSERT INTO webhook_attempts (log_id, merchant_id, generation, number, started_at, finished_at, url, status, latency_ms)
SELECT id, merchant_id, 1, 1, created_at, created_at + interval '9 ms', 'http://127.0.0.1/', CASE WHEN random() < 0.1 THEN 500 ELSE 200 END, 9 FROM webhook_logs
WHERE merchant_id = $1::uuid AND $2::int > 0"""


async def fill(dsn: str, *, payments: int) -> None:
    """
    That many payments of the test merchant over the last days, each with its order, a fifth of them with event, delivery and attempt.
    """
    connection = await asyncpg.connect(dsn)
    try:
        # The rows are consistent by construction; checking every foreign key one by one takes most of the time.
        await connection.execute("SET session_replication_role = replica")
        for statement in (_ORDERS, _PAYMENTS, _EVENTS, _DELIVERIES, _ATTEMPTS):
            await connection.execute(statement, MERCHANT, payments)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
