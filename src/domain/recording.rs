//! Recording: the leaf of every act, and of every attempt that is refused, in one shape.
//!
//! `{"type", "at", "by", "key", "person", "approved_by", "details"}`: what happened, when, which party did it and with which key or
//! through which person, who agreed where two are needed, and the rest. What the server does of itself has none of the four.

use chancery_base::{
    db::Database,
    logs::{self, LogName, NewLeaf},
    problem::Problem,
    values::{Clock, Entropy, PartyId},
};
use serde_json::{Value, json};

use crate::parties::{ActorId, Caller};

/// The parts that recording needs, lent by whoever acts.
#[derive(Clone, Copy)]
pub struct Recorder<'a> {
    /// Where everything is recorded.
    pub database: &'a Database,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Random bytes.
    pub entropy: &'a dyn Entropy,
}

impl Recorder<'_> {
    /// The leaf of an act called `event`, for the caller's party and `others` to open.
    ///
    /// Errors: details that canonical JSON cannot express.
    pub fn leaf(&self, event: &str, caller: &Caller, others: &[PartyId], details: &Value) -> Result<NewLeaf, Problem> {
        let readers = std::iter::once(caller.party.id).chain(others.iter().copied()).collect();
        self.build(event, Some(caller), readers, details)
    }

    /// The leaf of something the server did of itself, for `readers` to open.
    ///
    /// Errors: as [`Recorder::leaf`].
    pub fn own_leaf(&self, event: &str, readers: Vec<PartyId>, details: &Value) -> Result<NewLeaf, Problem> {
        self.build(event, None, readers, details)
    }

    /// Hands on what an attempt came to, and first writes down a refusal: what was tried, on what, and why not. An act that
    /// ends in an error rolled back, so this is a second, small one.
    ///
    /// Errors: the attempt's own, marked as being on record; that the refusal could not be recorded, which then counts more.
    pub fn recorded<T>(
        &self,
        caller: &Caller,
        attempt: &str,
        subject: &Value,
        outcome: Result<T, Problem>,
    ) -> Result<T, Problem> {
        outcome.or_else(|problem| Err(self.refusal(caller, attempt, subject, problem)?))
    }

    /// Writes down that an attempt was refused, if that is owed and was not done yet; the refusal, marked as being on record.
    ///
    /// Errors: it could not be written.
    pub fn refusal(
        &self,
        caller: &Caller,
        attempt: &str,
        subject: &Value,
        problem: Problem,
    ) -> Result<Problem, Problem> {
        if !problem.is_owed() {
            return Ok(problem);
        }
        let details = json!({
            "attempt": attempt, "subject": subject, "problem": problem.kind.slug(), "detail": problem.detail,
            "field": problem.field,
        });
        let leaf = self.leaf("attempt-refused", caller, &[], &details)?;
        self.database.act(move |tx| Ok(logs::append(tx, &leaf)))?;
        Ok(Problem { is_on_record: true, ..problem })
    }

    fn build(
        &self,
        event: &str,
        caller: Option<&Caller>,
        readers: Vec<PartyId>,
        details: &Value,
    ) -> Result<NewLeaf, Problem> {
        let now = self.clock.now();
        let (mut key, mut person) = (None, None);
        match caller.map(Caller::actor) {
            Some(ActorId::Key(id)) => key = Some(id),
            Some(ActorId::Person(id)) => person = Some(id),
            None => {}
        }
        let approved_by = caller.and_then(Caller::approval).map(|approval| approval.by);
        let payload = json!({
            "type": event, "at": now, "by": caller.map(|caller| &caller.party.slug), "key": key, "person": person,
            "approved_by": approved_by, "details": details,
        });
        NewLeaf::new(LogName::Audit, &payload, readers, self.entropy, now).map_err(Problem::internal)
    }
}
