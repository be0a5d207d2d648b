-- Quotas of which four fifths are used: both parties are told once, and see them first.

ALTER TABLE quotas ADD COLUMN low_told_at BIGINT;
-- Few quotas are low, and only they are in these indexes, so that settling a use pays next to nothing for them.
CREATE INDEX quotas_low_untold ON quotas (grant_id) WHERE low_told_at IS NULL AND settled_tokens * 5 >= quota_tokens * 4;
CREATE INDEX quotas_low_told ON quotas (low_told_at) WHERE low_told_at IS NOT NULL;
