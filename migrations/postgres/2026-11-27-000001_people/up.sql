-- People: who signs in on behalf of a party, with what, from where; and what needs two of them.

-- A person belongs to one party. Without a password nobody signs in as it, except through an identity provider.
CREATE TABLE people (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    party_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    email TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    scope TEXT COLLATE "C",
    password_hash TEXT COLLATE "C",
    authenticator BYTEA,
    authenticator_step BIGINT NOT NULL,
    failures INTEGER NOT NULL,
    locked_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    removed_at BIGINT
);
-- Somebody who was removed may be invited again.
CREATE UNIQUE INDEX people_by_email ON people (party_id, email) WHERE removed_at IS NULL;

CREATE TABLE recovery_codes (
    person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    code_hash BYTEA NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (person_id, code_hash)
);

CREATE TABLE invitations (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    party_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    email TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    scope TEXT COLLATE "C",
    secret_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    membership_ends_at BIGINT,
    person_id TEXT COLLATE "C" REFERENCES people (id),
    withdrawn_at BIGINT
);
CREATE INDEX invitations_by_party ON invitations (party_id, id);

-- is_complete is false between the password and the second factor; such a session does nothing but go on.
CREATE TABLE sessions (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    secret_hash BYTEA NOT NULL,
    agent TEXT COLLATE "C" NOT NULL,
    is_complete BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX sessions_by_person ON sessions (person_id, id);
