ALTER TABLE proposals DROP COLUMN with_party_id;
