-- Data sets with the standing of models: rows of the same tables, told apart by their kind.

ALTER TABLE models ADD COLUMN kind TEXT NOT NULL DEFAULT 'model';
DROP INDEX models_listed_by_name;
DROP INDEX models_listed_by_age;
DROP INDEX models_owned_by_name;
DROP INDEX models_owned_by_age;
CREATE INDEX models_listed_by_name ON models (kind, visibility, status, full_name);
CREATE INDEX models_listed_by_age ON models (kind, visibility, status, id);
CREATE INDEX models_owned_by_name ON models (kind, owner_id, status, full_name);
CREATE INDEX models_owned_by_age ON models (kind, owner_id, status, id);

-- What came from a version: the lineage, walked downwards.
CREATE INDEX version_parents_by_parent ON version_parents (parent_id);

-- What this server found when it read the rows of a data set's version.
CREATE TABLE dataset_profiles (
    version_id TEXT NOT NULL PRIMARY KEY REFERENCES versions (id),
    profile TEXT NOT NULL
);
