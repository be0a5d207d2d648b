DROP INDEX decisions_by_model;
DROP INDEX decisions_refused_by_owner;
DROP INDEX decisions_refused_by_caller;
