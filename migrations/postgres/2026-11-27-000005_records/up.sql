-- Browsing decisions: what lists and counts look for, each found along an index.

-- Refusals are few among many; only they are in these indexes, so that an allowed use pays nothing for them.
CREATE INDEX decisions_refused_by_caller ON decisions (caller_id, id) WHERE outcome = 'refused';
CREATE INDEX decisions_refused_by_owner ON decisions (owner_id, id) WHERE outcome = 'refused';
CREATE INDEX decisions_by_model ON decisions (model_id, id);
