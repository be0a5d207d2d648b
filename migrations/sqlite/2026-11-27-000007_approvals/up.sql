-- What needs two people: which acts of a party do, and what one of its people proposed to another.

CREATE TABLE approval_rules (
    party_id TEXT NOT NULL PRIMARY KEY REFERENCES parties (id),
    grants_above_tokens BIGINT,
    covers_policies BOOLEAN NOT NULL
);

CREATE TABLE proposals (
    id TEXT NOT NULL PRIMARY KEY,
    party_id TEXT NOT NULL REFERENCES parties (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    proposed_by TEXT NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    decided_by TEXT REFERENCES people (id),
    decided_at BIGINT,
    reason TEXT
);
CREATE INDEX proposals_by_party ON proposals (party_id, id);
