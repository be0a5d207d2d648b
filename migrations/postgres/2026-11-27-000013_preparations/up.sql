-- What a server made of a data set by a recipe, step by step, and the files that came of it.

CREATE TABLE preparations (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    party_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    source_id TEXT COLLATE "C" NOT NULL REFERENCES versions (id),
    source_name TEXT COLLATE "C" NOT NULL,
    source_file TEXT COLLATE "C" NOT NULL,
    recipe TEXT COLLATE "C" NOT NULL,
    redaction TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    rows_done BIGINT NOT NULL,
    passes_done INTEGER NOT NULL,
    passes INTEGER NOT NULL,
    problem TEXT COLLATE "C",
    report TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    touched_at BIGINT NOT NULL,
    leaf_id TEXT COLLATE "C"
);
CREATE INDEX preparations_of_party ON preparations (party_id, id);
CREATE INDEX preparations_of_source ON preparations (source_id);

CREATE TABLE preparation_files (
    preparation_id TEXT COLLATE "C" NOT NULL REFERENCES preparations (id),
    path TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    is_data BOOLEAN NOT NULL,
    blob_id TEXT COLLATE "C" NOT NULL REFERENCES blobs (id),
    PRIMARY KEY (preparation_id, path)
);
CREATE INDEX preparation_files_by_blob ON preparation_files (blob_id);
CREATE INDEX preparation_files_by_digest ON preparation_files (sha256);
