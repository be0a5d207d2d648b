//! Putting rules in force: they are kept by digest, so that every decision they make can be made again.

use std::sync::Arc;

use chancery_base::{
    logs::{self, LogName, NewLeaf},
    problem::Problem,
};
use serde_json::json;

use super::{desk::Desk, rows};
use crate::{
    parties::{Caller, Permission},
    policy::RuleSet,
};

impl Desk {
    /// Puts other rules in force, from the next decision on.
    ///
    /// Errors: the caller may not operate.
    pub fn activate(&self, caller: &Caller, rules: Arc<RuleSet>) -> Result<(), Problem> {
        caller.require(Permission::Operate)?;
        let now = self.clock.now();
        let shadow: Vec<&str> =
            rules.restrictions().into_iter().filter(|(_, shadow)| *shadow).map(|(id, _)| id).collect();
        let payload = json!({
            "type": "policy-activated", "at": now, "by": caller.party.slug, "policy_digest": rules.digest(),
            "shadow": shadow,
        });
        let readers = vec![caller.party.id];
        let leaf = NewLeaf::new(LogName::Audit, &payload, readers, &*self.entropy, now).map_err(Problem::internal)?;
        let (digest, sources) = (rules.digest(), rules.sources().canonical_json().map_err(Problem::internal)?);
        self.database.act(move |tx| {
            rows::keep_policy_set(tx, digest, &sources, now)?;
            logs::append(tx, &leaf)?;
            Ok(())
        })?;
        self.put_in_force(rules);
        Ok(())
    }

    /// Keeps the rules this server starts with.
    ///
    /// Errors: the database cannot be written.
    pub fn keep_rules(&self) -> Result<(), Problem> {
        let (rules, now) = (self.rules(), self.clock.now());
        let sources = rules.sources().canonical_json().map_err(Problem::internal)?;
        self.database.act(move |tx| Ok(rows::keep_policy_set(tx, rules.digest(), &sources, now)?))
    }
}
