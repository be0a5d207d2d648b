//! Recalling a decision: the record, what it rested on, and the rules that made it.

use std::sync::Arc;

use chancery_base::{problem::Problem, values::DecisionId};

use super::{
    desk::Desk,
    rows::{self, RecordedDecision},
};
use crate::{
    parties::Caller,
    policy::{Decision, Facts, PolicySources, RuleSet},
};

/// A recorded decision with what is needed to explain it and to make it again.
pub struct RecalledDecision {
    /// The record.
    pub record: RecordedDecision,
    /// The decision.
    pub decision: Decision,
    /// What it rested on; `None` once erased.
    pub facts: Option<Facts>,
    /// The rules that made it, or those in force where those are no longer kept.
    pub rules: Arc<RuleSet>,
}

impl Desk {
    /// A decision that the caller's party asked for, or that is about its model.
    ///
    /// Errors: no such decision, or not for this party.
    pub fn recall(&self, caller: &Caller, id: DecisionId) -> Result<RecalledDecision, Problem> {
        let (record, sources) = self.database.read(|connection| {
            let record = rows::find_decision(connection, id, caller.party.id)?;
            let record = record.ok_or_else(|| Problem::not_found("decision"))?;
            let sources = rows::find_policy_set(connection, record.policy_digest)?;
            Ok::<_, Problem>((record, sources))
        })?;
        let decision = serde_json::from_str(&record.decision).map_err(Problem::internal)?;
        let facts = serde_json::from_str(&record.facts).ok();
        Ok(RecalledDecision { decision, facts, rules: self.rules_of(&record, sources)?, record })
    }

    fn rules_of(&self, record: &RecordedDecision, sources: Option<String>) -> Result<Arc<RuleSet>, Problem> {
        let current = self.rules();
        if current.digest() == record.policy_digest {
            return Ok(current);
        }
        let Some(sources) = sources else { return Ok(current) };
        let sources: PolicySources = serde_json::from_str(&sources).map_err(Problem::internal)?;
        RuleSet::from_sources(sources).map(Arc::new).map_err(Problem::internal)
    }
}
