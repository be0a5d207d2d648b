//! Recalling a decision: the record, what it rested on, the rules that made it, and whether they would make it again.

use std::sync::Arc;

use chancery_base::{
    db::AnyConnection,
    problem::Problem,
    values::{DecisionId, ModelName, Slug},
};

use super::{
    activate::kept_rules,
    desk::Desk,
    rows::{self, RecordedDecision},
};
use crate::{
    granting::Names,
    parties::{Caller, RecordSight},
    policy::{Decision, Explanation, Facts, Replay, RuleSet, explain, replay},
};

/// A recorded decision, explained and made again.
pub struct RecalledDecision {
    /// The record.
    pub record: RecordedDecision,
    /// Who asked.
    pub caller: Slug,
    /// The model.
    pub model: ModelName,
    /// The decision.
    pub decision: Decision,
    /// What it rested on; `None` when this program cannot read it, which [`RecalledDecision::replay`] then says.
    pub facts: Option<Facts>,
    /// Every rule that was looked at; `None` without facts.
    pub explanation: Option<Explanation>,
    /// What making it again gave.
    pub replay: Replay,
}

impl Desk {
    /// A decision that the caller's party asked for, or that is about its model.
    ///
    /// Errors: no such decision, or not for this caller.
    pub fn recall(&self, caller: &Caller, id: DecisionId) -> Result<RecalledDecision, Problem> {
        let (record, rules, names) = self.database.read(|connection| {
            let record = rows::find_decision(connection, id, caller.party.id)?;
            let sight = RecordSight::of(connection, caller)?;
            let record = record.filter(|record| sight.covers(record.decided_at, &[record.caller, record.owner]));
            let record = record.ok_or_else(|| Problem::not_found("decision"))?;
            let rules = self.rules_of(connection, &record)?;
            let mut names = Names::default();
            let names = (names.party(connection, record.caller)?, names.model(connection, record.model)?);
            Ok::<_, Problem>((record, rules, names))
        })?;
        let decision: Decision = serde_json::from_str(&record.decision).map_err(Problem::internal)?;
        let facts: Option<Facts> = serde_json::from_str(&record.facts).ok();
        Ok(RecalledDecision {
            explanation: facts.as_ref().map(|facts| explain(&rules, facts, &decision)),
            replay: replay(&rules, Some(&record.facts), &decision),
            facts,
            decision,
            record,
            caller: names.0,
            model: names.1,
        })
    }

    /// The rules that made a decision, or those in force where those are no longer kept.
    fn rules_of(&self, connection: &mut AnyConnection, record: &RecordedDecision) -> Result<Arc<RuleSet>, Problem> {
        let current = self.rules();
        if current.digest() == record.policy_digest
            || rows::find_policy_set(connection, record.policy_digest)?.is_none()
        {
            return Ok(current);
        }
        kept_rules(connection, record.policy_digest)
    }
}
