DROP INDEX quotas_low_told;
DROP INDEX quotas_low_untold;
ALTER TABLE quotas DROP COLUMN low_told_at;
