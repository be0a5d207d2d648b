DROP TABLE log_rotations;
ALTER TABLE blobs DROP COLUMN destroyed_at;
ALTER TABLE approval_rules DROP COLUMN covers_log_rotation;
ALTER TABLE approval_rules DROP COLUMN covers_key_destruction;
