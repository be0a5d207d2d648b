-- Claims and judgement: grants, quotas, decisions and settled uses.

CREATE TABLE grants (
    id TEXT NOT NULL PRIMARY KEY,
    model_id TEXT NOT NULL REFERENCES models (id),
    licensor_id TEXT NOT NULL REFERENCES parties (id),
    licensee_id TEXT NOT NULL REFERENCES parties (id),
    terms TEXT NOT NULL,
    terms_digest TEXT NOT NULL,
    status TEXT NOT NULL,
    acceptance TEXT,
    offered_at BIGINT NOT NULL,
    accepted_at BIGINT,
    revoked_at BIGINT,
    epoch BIGINT NOT NULL
);
CREATE INDEX grants_by_licensee ON grants (licensee_id, model_id, id);
CREATE INDEX grants_by_licensor ON grants (licensor_id, id);

-- INVARIANT: settled + leased <= quota_tokens, and settled is the sum of the grant's uses.
CREATE TABLE quotas (
    grant_id TEXT NOT NULL PRIMARY KEY REFERENCES grants (id),
    quota_tokens BIGINT NOT NULL,
    settled_tokens BIGINT NOT NULL,
    leased_tokens BIGINT NOT NULL
);

-- What a process may spend of a quota without asking the database again; given back when it ends or its lease runs out.
CREATE TABLE quota_leases (
    grant_id TEXT NOT NULL REFERENCES grants (id),
    holder TEXT NOT NULL,
    outstanding_tokens BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (grant_id, holder)
);

CREATE TABLE policy_sets (
    digest TEXT NOT NULL PRIMARY KEY,
    sources TEXT NOT NULL,
    activated_at BIGINT NOT NULL
);

-- The one set in force, for every process. Whoever changes it writes a leaf in the same transaction.
CREATE TABLE policy_in_force (
    slot INTEGER NOT NULL PRIMARY KEY CHECK (slot = 1),
    digest TEXT NOT NULL REFERENCES policy_sets (digest)
);

CREATE TABLE decisions (
    id TEXT NOT NULL PRIMARY KEY,
    caller_id TEXT NOT NULL REFERENCES parties (id),
    owner_id TEXT NOT NULL REFERENCES parties (id),
    model_id TEXT NOT NULL REFERENCES models (id),
    version_id TEXT NOT NULL REFERENCES versions (id),
    grant_id TEXT REFERENCES grants (id),
    outcome TEXT NOT NULL,
    deciding_rule TEXT,
    policy_digest TEXT NOT NULL,
    facts TEXT NOT NULL,
    decision TEXT NOT NULL,
    leaf_id TEXT NOT NULL,
    decided_at BIGINT NOT NULL
);
CREATE INDEX decisions_by_caller ON decisions (caller_id, id);
CREATE INDEX decisions_by_owner ON decisions (owner_id, id);

CREATE TABLE uses (
    id TEXT NOT NULL PRIMARY KEY,
    decision_id TEXT NOT NULL UNIQUE REFERENCES decisions (id),
    grant_id TEXT REFERENCES grants (id),
    version_id TEXT NOT NULL REFERENCES versions (id),
    caller_id TEXT NOT NULL REFERENCES parties (id),
    tokens BIGINT NOT NULL,
    liability_leaf_id TEXT NOT NULL,
    settled_at BIGINT NOT NULL
);
CREATE INDEX uses_by_grant ON uses (grant_id, id);

-- One row per Idempotency-Key; the body it came with is remembered by digest, the answer by what it refers to.
CREATE TABLE idempotency_keys (
    party_id TEXT NOT NULL REFERENCES parties (id),
    idempotency_key TEXT NOT NULL,
    request_digest TEXT NOT NULL,
    outcome TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (party_id, idempotency_key)
);
