ALTER TABLE sessions DROP COLUMN issuer;
DROP TABLE flows;
DROP TABLE identities;
