-- Which rules were in force when and by whom, and what rules in shadow would have refused.

-- Every change of the rules, in order. Without a party the server did it as it started; `origin` says whose the texts are:
-- those that the server is started with, or those that an operator activated.
CREATE TABLE policy_activations (
    number BIGINT NOT NULL PRIMARY KEY,
    digest TEXT COLLATE "C" NOT NULL REFERENCES policy_sets (digest),
    origin TEXT COLLATE "C" NOT NULL,
    party_id TEXT COLLATE "C" REFERENCES parties (id),
    leaf_id TEXT COLLATE "C" NOT NULL,
    activated_at BIGINT NOT NULL
);

-- Which modes an activation changed. A rule's mode is that of its last row; 'absent' is a rule that the set no longer holds.
CREATE TABLE rule_modes (
    rule TEXT COLLATE "C" NOT NULL,
    activation BIGINT NOT NULL REFERENCES policy_activations (number),
    mode TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rule, activation)
);

-- A decision that a rule in shadow would have refused, once for each such rule. Identifiers of decisions begin with their
-- time, so that a period is a range of them, and the key alone answers by rule, owner, model, caller and period.
CREATE TABLE shadow_refusals (
    rule TEXT COLLATE "C" NOT NULL,
    owner_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    model_id TEXT COLLATE "C" NOT NULL REFERENCES models (id),
    caller_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    decision_id TEXT COLLATE "C" NOT NULL REFERENCES decisions (id),
    was_allowed INTEGER NOT NULL,
    PRIMARY KEY (rule, owner_id, model_id, caller_id, decision_id)
);

-- What was recorded in shadow before. A rule that could not be evaluated stands as the subject of its reason.
INSERT INTO shadow_refusals
SELECT DISTINCT
    CASE WHEN reason ->> 'rule' = 'policy-error' THEN reason -> 'subject' ->> 'name' ELSE reason ->> 'rule' END,
    d.owner_id, d.model_id, d.caller_id, d.id, CASE WHEN d.outcome = 'allowed' THEN 1 ELSE 0 END
FROM decisions d, jsonb_array_elements(d.decision::jsonb -> 'shadow') AS reason;
