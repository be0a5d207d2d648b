-- Requests for access; what listings of grants are searched by; what stops with a key.

-- The end of the term stands in the terms as RFC 3339 in UTC with milliseconds; here it can be searched by.
ALTER TABLE grants ADD COLUMN ends_at BIGINT;
ALTER TABLE grants ADD COLUMN revocation_reason TEXT;
UPDATE grants
SET ends_at = CAST(strftime('%s', json_extract(terms, '$.term.end')) AS INTEGER) * 1000
    + CAST(substr(json_extract(terms, '$.term.end'), 21, 3) AS INTEGER)
WHERE json_extract(terms, '$.term.end') IS NOT NULL;

-- What listings are searched by: who the other side is, which model, how a grant stands, when it ends.
CREATE INDEX grants_by_licensor_and_licensee ON grants (licensor_id, licensee_id, id);
CREATE INDEX grants_by_licensor_and_model ON grants (licensor_id, model_id, id);
CREATE INDEX grants_by_licensor_and_status ON grants (licensor_id, status, id);
CREATE INDEX grants_by_licensor_and_end ON grants (licensor_id, status, ends_at, id);
CREATE INDEX grants_by_licensee_and_age ON grants (licensee_id, id);
CREATE INDEX grants_by_licensee_and_licensor ON grants (licensee_id, licensor_id, id);
CREATE INDEX grants_by_licensee_and_status ON grants (licensee_id, status, id);
CREATE INDEX grants_by_licensee_and_end ON grants (licensee_id, status, ends_at, id);

-- What stops with a key.
CREATE INDEX versions_by_signing_key ON versions (signing_key_id, id);

-- A licence that somebody asks for. Purposes and territories are lists of codes, as JSON.
CREATE TABLE access_requests (
    id TEXT NOT NULL PRIMARY KEY,
    model_id TEXT NOT NULL REFERENCES models (id),
    owner_id TEXT NOT NULL REFERENCES parties (id),
    requester_id TEXT NOT NULL REFERENCES parties (id),
    purposes TEXT NOT NULL,
    territories TEXT NOT NULL,
    expected_tokens BIGINT,
    message TEXT NOT NULL,
    state TEXT NOT NULL,
    grant_id TEXT REFERENCES grants (id),
    reason TEXT,
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX access_requests_by_owner ON access_requests (owner_id, id);
CREATE INDEX access_requests_by_owner_and_state ON access_requests (owner_id, state, id);
CREATE INDEX access_requests_by_requester ON access_requests (requester_id, id);
-- A party asks once for a model, and again when it was answered.
CREATE UNIQUE INDEX access_requests_open ON access_requests (requester_id, model_id) WHERE state = 'open';
