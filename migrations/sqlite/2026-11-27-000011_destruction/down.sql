ALTER TABLE sessions DROP COLUMN failures;
ALTER TABLE sessions DROP COLUMN known_hash;
ALTER TABLE proposals DROP COLUMN leaf_id;
DROP TABLE log_rotations;
ALTER TABLE blobs DROP COLUMN destroyed_at;
ALTER TABLE approval_rules DROP COLUMN covers_log_rotation;
ALTER TABLE approval_rules DROP COLUMN covers_key_destruction;
