DROP TABLE idempotency_keys;
DROP TABLE uses;
DROP TABLE decisions;
DROP TABLE policy_in_force;
DROP TABLE policy_sets;
DROP TABLE quota_leases;
DROP TABLE quotas;
DROP TABLE grants;
