-- Things: who acts, what exists, what is frozen. Ids are UUID v7 with a prefix, times milliseconds since 1970.

CREATE TABLE parties (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    party_id TEXT NOT NULL REFERENCES parties (id),
    role TEXT NOT NULL,
    label TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    purpose TEXT,
    territory TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_keys_by_party ON api_keys (party_id, id);

CREATE TABLE signing_keys (
    id TEXT NOT NULL PRIMARY KEY,
    party_id TEXT NOT NULL REFERENCES parties (id),
    label TEXT NOT NULL,
    public_key BLOB NOT NULL,
    fingerprint TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    approved_at BIGINT,
    revoked_at BIGINT,
    UNIQUE (party_id, fingerprint)
);

-- Key-encryption keys of tenants, each wrapped under the root key.
CREATE TABLE tenant_keys (
    party_id TEXT NOT NULL REFERENCES parties (id),
    key_version INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (party_id, key_version)
);

CREATE TABLE models (
    id TEXT NOT NULL PRIMARY KEY,
    owner_id TEXT NOT NULL REFERENCES parties (id),
    owner_slug TEXT NOT NULL,
    name TEXT NOT NULL,
    visibility TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    UNIQUE (owner_slug, name)
);

CREATE TABLE versions (
    id TEXT NOT NULL PRIMARY KEY,
    model_id TEXT NOT NULL REFERENCES models (id),
    number INTEGER NOT NULL,
    status TEXT NOT NULL,
    architecture TEXT NOT NULL,
    manifest_digest TEXT NOT NULL,
    signed_manifest TEXT NOT NULL,
    signing_key_id TEXT NOT NULL REFERENCES signing_keys (id),
    passport TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    leaf_id TEXT NOT NULL,
    UNIQUE (model_id, number),
    UNIQUE (model_id, manifest_digest)
);

CREATE TABLE aliases (
    model_id TEXT NOT NULL REFERENCES models (id),
    alias TEXT NOT NULL,
    version_id TEXT NOT NULL REFERENCES versions (id),
    PRIMARY KEY (model_id, alias)
);

-- A blob is one sealed file in the store; what opens it is wrapped under its tenant's key.
CREATE TABLE blobs (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES parties (id),
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    envelope BLOB NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX blobs_by_digest ON blobs (tenant_id, sha256);

CREATE TABLE version_files (
    version_id TEXT NOT NULL REFERENCES versions (id),
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    format TEXT NOT NULL,
    blob_id TEXT NOT NULL REFERENCES blobs (id),
    PRIMARY KEY (version_id, path)
);

-- Lineage among registered versions; data sets stand in the passport.
CREATE TABLE version_parents (
    version_id TEXT NOT NULL REFERENCES versions (id),
    parent_id TEXT NOT NULL REFERENCES versions (id),
    activity TEXT NOT NULL,
    standing TEXT NOT NULL,
    PRIMARY KEY (version_id, parent_id)
);

CREATE TABLE uploads (
    id TEXT NOT NULL PRIMARY KEY,
    party_id TEXT NOT NULL REFERENCES parties (id),
    model TEXT NOT NULL,
    manifest_digest TEXT NOT NULL,
    signed_manifest TEXT NOT NULL,
    signing_key_id TEXT NOT NULL REFERENCES signing_keys (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    version_id TEXT REFERENCES versions (id)
);

-- A file that was here before the upload was opened did not arrive with it, and is hashed again before it counts.
CREATE TABLE upload_files (
    upload_id TEXT NOT NULL REFERENCES uploads (id),
    sha256 TEXT NOT NULL,
    blob_id TEXT NOT NULL REFERENCES blobs (id),
    is_received BOOLEAN NOT NULL,
    PRIMARY KEY (upload_id, sha256)
);

CREATE TABLE holds (
    id TEXT NOT NULL PRIMARY KEY,
    model_id TEXT NOT NULL REFERENCES models (id),
    authority TEXT NOT NULL,
    reason TEXT NOT NULL,
    is_legal_demand BOOLEAN NOT NULL,
    placed_at BIGINT NOT NULL,
    released_at BIGINT
);
CREATE INDEX holds_by_model ON holds (model_id);
