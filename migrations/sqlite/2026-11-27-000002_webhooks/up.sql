-- Webhooks: who is told what happens, and the outbox of what they are told. What happened is in the audit log; the cursor says
-- up to where it was read for them.

CREATE TABLE webhooks (
    id TEXT NOT NULL PRIMARY KEY,
    party_id TEXT NOT NULL REFERENCES parties (id),
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    secret BLOB NOT NULL,
    previous_secret BLOB,
    previous_until BIGINT,
    created_at BIGINT NOT NULL,
    told_since BIGINT NOT NULL,
    failing_since BIGINT,
    rests_until BIGINT NOT NULL,
    switched_off_at BIGINT,
    switched_off_because TEXT,
    removed_at BIGINT
);
CREATE INDEX webhooks_by_party ON webhooks (party_id, id);

CREATE TABLE webhook_cursor (
    slot INTEGER NOT NULL PRIMARY KEY CHECK (slot = 1),
    position BIGINT NOT NULL
);

-- While a message waits, due_at is when it is to be sent; while a server sends it, when that server's lease of it ends.
CREATE TABLE webhook_deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id),
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    leaf_id TEXT,
    created_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at BIGINT NOT NULL,
    attempted_at BIGINT,
    answer TEXT,
    -- An event is told to a webhook once, however often the log is read.
    UNIQUE (webhook_id, leaf_id)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (status, due_at);
CREATE INDEX webhook_deliveries_by_status ON webhook_deliveries (webhook_id, status);
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, id);
