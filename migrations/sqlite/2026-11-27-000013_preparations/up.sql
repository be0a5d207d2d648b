-- What a server made of a data set by a recipe, step by step, and the files that came of it.

CREATE TABLE preparations (
    id TEXT NOT NULL PRIMARY KEY,
    party_id TEXT NOT NULL REFERENCES parties (id),
    source_id TEXT NOT NULL REFERENCES versions (id),
    source_name TEXT NOT NULL,
    source_file TEXT NOT NULL,
    recipe TEXT NOT NULL,
    redaction TEXT NOT NULL,
    state TEXT NOT NULL,
    rows_done BIGINT NOT NULL,
    passes_done INTEGER NOT NULL,
    passes INTEGER NOT NULL,
    problem TEXT,
    report TEXT,
    created_at BIGINT NOT NULL,
    touched_at BIGINT NOT NULL,
    leaf_id TEXT
);
CREATE INDEX preparations_of_party ON preparations (party_id, id);
CREATE INDEX preparations_of_source ON preparations (source_id);

CREATE TABLE preparation_files (
    preparation_id TEXT NOT NULL REFERENCES preparations (id),
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    is_data BOOLEAN NOT NULL,
    blob_id TEXT NOT NULL REFERENCES blobs (id),
    PRIMARY KEY (preparation_id, path)
);
CREATE INDEX preparation_files_by_blob ON preparation_files (blob_id);
CREATE INDEX preparation_files_by_digest ON preparation_files (sha256);
