DROP TABLE log_checkpoints;
DROP TABLE log_tile_hashes;
DROP TABLE log_readers;
DROP TABLE log_openings;
DROP TABLE log_leaves;
DROP TABLE log_state;
