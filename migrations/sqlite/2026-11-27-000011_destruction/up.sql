-- Keys that are destroyed, logs that go on under another name, and that both may need two people.

ALTER TABLE approval_rules ADD COLUMN covers_key_destruction BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE approval_rules ADD COLUMN covers_log_rotation BOOLEAN NOT NULL DEFAULT FALSE;

-- A blob whose envelope was emptied; its row stays, so that what was there can still be named.
ALTER TABLE blobs ADD COLUMN destroyed_at BIGINT;

-- What was decided about the logs' names; `done_at` is when it was carried out, on the machine that holds their keys.
CREATE TABLE log_rotations (
    id TEXT NOT NULL PRIMARY KEY,
    reason TEXT NOT NULL,
    ordered_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    done_at BIGINT
);

-- The leaf that says what was proposed: what is carried out is held against it.
ALTER TABLE proposals ADD COLUMN leaf_id TEXT;

-- By which a browser is known again when its session ended; and the attempts that are its own.
ALTER TABLE sessions ADD COLUMN known_hash BLOB;
ALTER TABLE sessions ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
