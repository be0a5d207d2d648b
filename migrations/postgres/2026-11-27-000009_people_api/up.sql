-- Whom a proposal is with, so that an auditor who may see some parties only sees the proposals with those.
ALTER TABLE proposals ADD COLUMN with_party_id TEXT COLLATE "C" REFERENCES parties (id);
