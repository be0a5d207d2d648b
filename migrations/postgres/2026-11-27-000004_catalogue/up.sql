-- The catalogue: what listings show and are searched by, and uses by day. It repeats what stands elsewhere and proves nothing.

-- What listings show of a model: of its newest version in use. Models without a name here are not in the catalogue yet; the next
-- start puts them there.
ALTER TABLE models ADD COLUMN full_name TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE models ADD COLUMN status TEXT COLLATE "C" NOT NULL DEFAULT 'registered';
ALTER TABLE models ADD COLUMN newest_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE models ADD COLUMN summary TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE models ADD COLUMN licence TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX models_listed_by_name ON models (visibility, status, full_name);
CREATE INDEX models_listed_by_age ON models (visibility, status, id);
CREATE INDEX models_owned_by_name ON models (owner_id, status, full_name);
CREATE INDEX models_owned_by_age ON models (owner_id, status, id);

-- Data sets as passports name them: one row for each that a version was trained on, known by the digest of name and version.
CREATE TABLE version_datasets (
    version_id TEXT COLLATE "C" NOT NULL REFERENCES versions (id),
    position INTEGER NOT NULL,
    model_id TEXT COLLATE "C" NOT NULL REFERENCES models (id),
    model_name TEXT COLLATE "C" NOT NULL,
    version_number INTEGER NOT NULL,
    owner_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    visibility TEXT COLLATE "C" NOT NULL,
    dataset TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    dataset_version TEXT COLLATE "C" NOT NULL,
    licence TEXT COLLATE "C",
    acquisition TEXT COLLATE "C" NOT NULL,
    privacy_class TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (version_id, position)
);
CREATE INDEX version_datasets_listed ON version_datasets (dataset, visibility, version_id);
CREATE INDEX version_datasets_owned ON version_datasets (dataset, owner_id, version_id);
CREATE INDEX version_datasets_by_model ON version_datasets (model_id, version_id);

-- What is found by the beginning of a word. The audience is everybody, or the owner's party; whoever searches checks that what was
-- found is still theirs to see.
CREATE TABLE catalogue_terms (
    kind TEXT COLLATE "C" NOT NULL,
    audience TEXT COLLATE "C" NOT NULL,
    term TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, audience, term, subject)
);

-- Decisions by day, counted a little after they were made, up to the decision that was counted last.
CREATE TABLE decision_days (
    model_id TEXT COLLATE "C" NOT NULL REFERENCES models (id),
    day BIGINT NOT NULL,
    version_id TEXT COLLATE "C" NOT NULL REFERENCES versions (id),
    caller_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    allowed BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    PRIMARY KEY (model_id, day, version_id, caller_id)
);
CREATE TABLE decisions_counted (
    slot INTEGER NOT NULL PRIMARY KEY CHECK (slot = 1),
    last_id TEXT COLLATE "C" NOT NULL
);
INSERT INTO decisions_counted VALUES (1, '');

CREATE INDEX grants_by_model ON grants (model_id, id);
