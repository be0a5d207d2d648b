//! Recording: the leaf of every act, and of every attempt that was refused.

use chancery_base::{
    logs::{LogName, NewLeaf, append},
    problem::Problem,
    values::PartyId,
};
use serde_json::{Value, json};

use super::Archive;
use crate::parties::Caller;

impl Archive {
    /// The leaf of an act called `event`, for the caller's party and `others` to open.
    pub(super) fn leaf(
        &self,
        event: &str,
        caller: &Caller,
        others: &[PartyId],
        details: &Value,
    ) -> Result<NewLeaf, Problem> {
        let now = self.clock.now();
        let payload = json!({
            "type": event, "at": now, "by": caller.party.slug, "key": caller.key.id, "details": details,
        });
        let readers = std::iter::once(caller.party.id).chain(others.iter().copied()).collect();
        NewLeaf::new(LogName::Audit, &payload, readers, &*self.entropy, now).map_err(Problem::internal)
    }

    /// Hands on what an attempt came to, and first writes down a refusal: what was tried, on what, and why not.
    ///
    /// Errors: the attempt's own; that the refusal could not be recorded, which then counts more.
    pub(super) fn recorded<T>(
        &self,
        caller: &Caller,
        attempt: &str,
        subject: &Value,
        outcome: Result<T, Problem>,
    ) -> Result<T, Problem> {
        if let Err(problem) = &outcome
            && problem.kind.goes_on_record()
        {
            let details = json!({
                "attempt": attempt, "subject": subject, "problem": problem.kind.slug(), "detail": problem.detail,
                "field": problem.field,
            });
            let leaf = self.leaf("attempt-refused", caller, &[], &details)?;
            self.database.act(move |tx| Ok(append(tx, &leaf)?))?;
        }
        outcome
    }
}
