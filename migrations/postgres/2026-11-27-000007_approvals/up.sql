-- What needs two people: which acts of a party do, and what one of its people proposed to another.

CREATE TABLE approval_rules (
    party_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES parties (id),
    grants_above_tokens BIGINT,
    covers_policies BOOLEAN NOT NULL
);

CREATE TABLE proposals (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    party_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    proposed_by TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    decided_by TEXT COLLATE "C" REFERENCES people (id),
    decided_at BIGINT,
    reason TEXT COLLATE "C"
);
CREATE INDEX proposals_by_party ON proposals (party_id, id);
