-- Which rules were in force when and by whom, and what rules in shadow would have refused.

-- Every change of the rules, in order. Without a party the server did it as it started; `origin` says whose the texts are:
-- those that the server is started with, or those that an operator activated.
CREATE TABLE policy_activations (
    number BIGINT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL REFERENCES policy_sets (digest),
    origin TEXT NOT NULL,
    party_id TEXT REFERENCES parties (id),
    leaf_id TEXT NOT NULL,
    activated_at BIGINT NOT NULL
);

-- Which modes an activation changed. A rule's mode is that of its last row; 'absent' is a rule that the set no longer holds.
CREATE TABLE rule_modes (
    rule TEXT NOT NULL,
    activation BIGINT NOT NULL REFERENCES policy_activations (number),
    mode TEXT NOT NULL,
    PRIMARY KEY (rule, activation)
);

-- A decision that a rule in shadow would have refused, once for each such rule. Identifiers of decisions begin with their
-- time, so that a period is a range of them, and the key alone answers by rule, owner, model, caller and period.
CREATE TABLE shadow_refusals (
    rule TEXT NOT NULL,
    owner_id TEXT NOT NULL REFERENCES parties (id),
    model_id TEXT NOT NULL REFERENCES models (id),
    caller_id TEXT NOT NULL REFERENCES parties (id),
    decision_id TEXT NOT NULL REFERENCES decisions (id),
    was_allowed INTEGER NOT NULL,
    PRIMARY KEY (rule, owner_id, model_id, caller_id, decision_id)
) WITHOUT ROWID;

-- What was recorded in shadow before. A rule that could not be evaluated stands as the subject of its reason.
INSERT INTO shadow_refusals
SELECT DISTINCT
    CASE WHEN reason.value ->> '$.rule' = 'policy-error' THEN reason.value ->> '$.subject.name'
        ELSE reason.value ->> '$.rule' END,
    d.owner_id, d.model_id, d.caller_id, d.id, d.outcome = 'allowed'
FROM decisions d, json_each(d.decision, '$.shadow') AS reason;
