-- Memory: the append-only Merkle logs (RFC 6962), stored so that tiles (C2SP tlog-tiles) are read straight from rows.

-- INVARIANT: size is the number of leaves with a position, and root is the root over exactly those. Whoever changes them
-- compares size and epoch first.
CREATE TABLE log_state (
    log TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    origin TEXT COLLATE "C" NOT NULL,
    verifier TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    root BYTEA NOT NULL
);

-- A leaf has no position until the sequencer gives it one.
CREATE TABLE log_leaves (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    log TEXT COLLATE "C" NOT NULL,
    position BIGINT,
    entry BYTEA NOT NULL,
    leaf_hash BYTEA NOT NULL,
    appended_at BIGINT NOT NULL
);
-- Two indexes, each over the leaves it is for: appending touches one, sequencing moves a leaf to the other.
CREATE UNIQUE INDEX log_leaves_by_position ON log_leaves (log, position) WHERE position IS NOT NULL;
CREATE INDEX log_leaves_unsequenced ON log_leaves (log, id) WHERE position IS NULL;

-- What opens a leaf's commitment; deleting a row erases what was said and leaves the log whole.
CREATE TABLE log_openings (
    leaf_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES log_leaves (id),
    salt BYTEA NOT NULL,
    payload TEXT COLLATE "C" NOT NULL
);

CREATE TABLE log_readers (
    party_id TEXT COLLATE "C" NOT NULL,
    leaf_id TEXT COLLATE "C" NOT NULL REFERENCES log_leaves (id),
    PRIMARY KEY (party_id, leaf_id)
);

-- Roots of complete subtrees of 256^level leaves; level 0 is in log_leaves.
CREATE TABLE log_tile_hashes (
    log TEXT COLLATE "C" NOT NULL,
    level INTEGER NOT NULL,
    position BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (log, level, position)
);

CREATE TABLE log_checkpoints (
    log TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    signed_at BIGINT NOT NULL,
    PRIMARY KEY (log, size)
);
