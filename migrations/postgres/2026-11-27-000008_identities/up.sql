-- People who sign in through an identity provider, and browsers that were sent to one.

-- Whom an issuer means by a subject; that belongs to one person of a party.
CREATE TABLE identities (
    party_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    issuer TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    email TEXT COLLATE "C" NOT NULL,
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (party_id, issuer, subject)
);
-- One of each issuer for each person.
CREATE UNIQUE INDEX identities_by_person ON identities (person_id, issuer);

-- Removed when the browser comes back, or long after it should have.
CREATE TABLE flows (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    secret_hash BYTEA NOT NULL,
    provider TEXT COLLATE "C" NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX flows_by_age ON flows (created_at);

-- Whose word the session began with; nothing where it was a password.
ALTER TABLE sessions ADD COLUMN issuer TEXT COLLATE "C";
