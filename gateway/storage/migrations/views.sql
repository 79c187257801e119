-- When the payer got to know: written with the status, so that figures need not join the state changes.
ALTER TABLE payments ADD COLUMN decided_at timestamptz;
UPDATE payments SET decided_at = decided.at
FROM (
    SELECT entity_id, min(at) AS at FROM state_changes
    WHERE from_state LIKE 'pending/%' AND (to_state LIKE 'success/%' OR to_state LIKE 'failed/%') GROUP BY entity_id
) decided WHERE decided.entity_id = payments.id;

-- Whose attempt, and the headers that were sent, signatures included.
ALTER TABLE webhook_attempts ADD COLUMN merchant_id uuid, ADD COLUMN request_headers json;
UPDATE webhook_attempts SET merchant_id = l.merchant_id FROM webhook_logs l WHERE l.id = webhook_attempts.log_id;
CREATE INDEX idx_webhook_attempts_page ON webhook_attempts (merchant_id, started_at);

-- The business instant of a call; sent_at and finished_at are real time, which measures how long it took.
ALTER TABLE bank_calls ADD COLUMN at timestamptz;

CREATE INDEX idx_work_items_page ON work_items (merchant_id, created_at DESC, kind DESC, entity_id DESC);
CREATE INDEX idx_ledger_journals_page ON ledger_journals (merchant_id, id DESC);

-- A request of a merchant, or of its payers, and the answer; no secrets, no card data. Written behind the answers and not logged ahead (UNLOGGED):
-- it costs payments no flush to disk, and a crash of PostgreSQL empties it. Only the newest are kept.
CREATE UNLOGGED TABLE request_log (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant_id     uuid NOT NULL,
    request_id      varchar(128) NOT NULL,
    at              timestamptz NOT NULL,
    method          varchar(16) NOT NULL,
    path            text NOT NULL,
    status          int NOT NULL,
    duration_ms     double precision NOT NULL,
    entity_id       varchar(64),
    idempotency_key varchar(255),
    replayed        boolean NOT NULL,
    error_code      varchar(64),
    request_body    text,
    response_body   text
);
CREATE INDEX idx_request_log_page ON request_log (merchant_id, id DESC);
CREATE INDEX idx_request_log_entity ON request_log (entity_id);
