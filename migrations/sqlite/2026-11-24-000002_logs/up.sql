-- Memory: the append-only Merkle logs (RFC 6962), stored so that tiles (C2SP tlog-tiles) are read straight from rows.

-- INVARIANT: size is the number of leaves with a position, and root is the root over exactly those. Whoever changes them
-- compares size and epoch first.
CREATE TABLE log_state (
    log TEXT NOT NULL PRIMARY KEY,
    origin TEXT NOT NULL,
    verifier TEXT NOT NULL,
    size BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    root BLOB NOT NULL
);

-- A leaf has no position until the sequencer gives it one.
CREATE TABLE log_leaves (
    id TEXT NOT NULL PRIMARY KEY,
    log TEXT NOT NULL,
    position BIGINT,
    entry BLOB NOT NULL,
    leaf_hash BLOB NOT NULL,
    appended_at BIGINT NOT NULL
) WITHOUT ROWID;
-- Two indexes, each over the leaves it is for: appending touches one, sequencing moves a leaf to the other.
CREATE UNIQUE INDEX log_leaves_by_position ON log_leaves (log, position) WHERE position IS NOT NULL;
CREATE INDEX log_leaves_unsequenced ON log_leaves (log, id) WHERE position IS NULL;

-- What opens a leaf's commitment; deleting a row erases what was said and leaves the log whole.
CREATE TABLE log_openings (
    leaf_id TEXT NOT NULL PRIMARY KEY REFERENCES log_leaves (id),
    salt BLOB NOT NULL,
    payload TEXT NOT NULL
);

CREATE TABLE log_readers (
    party_id TEXT NOT NULL,
    leaf_id TEXT NOT NULL REFERENCES log_leaves (id),
    PRIMARY KEY (party_id, leaf_id)
) WITHOUT ROWID;

-- Roots of complete subtrees of 256^level leaves; level 0 is in log_leaves.
CREATE TABLE log_tile_hashes (
    log TEXT NOT NULL,
    level INTEGER NOT NULL,
    position BIGINT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (log, level, position)
) WITHOUT ROWID;

CREATE TABLE log_checkpoints (
    log TEXT NOT NULL,
    size BIGINT NOT NULL,
    note TEXT NOT NULL,
    signed_at BIGINT NOT NULL,
    PRIMARY KEY (log, size)
);
