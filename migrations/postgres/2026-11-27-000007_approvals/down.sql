DROP TABLE proposals;
DROP TABLE approval_rules;
