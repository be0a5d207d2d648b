//! Declining: the licensee does not want what it was offered.

use chancery_base::{
    idempotency::Once,
    problem::{Problem, ProblemKind},
    values::GrantId,
};
use serde_json::json;

use super::{Changed, Registrar};
use crate::{
    documents::require_remark,
    licensing::Grant,
    parties::{Caller, Permission},
};

impl Registrar {
    /// Declines an offer; its licensor may make another.
    ///
    /// Errors: the caller's party is not the licensee, or may not; a reason that says nothing; it is no longer an open offer.
    pub fn decline(&self, caller: &Caller, once: &Once, id: GrantId, reason: &str) -> Result<Changed, Problem> {
        let declined = self.try_decline(caller, once, id, reason);
        self.recorder().recorded(caller, "decline-grant", &json!({"grant": id}), declined)
    }

    fn try_decline(&self, caller: &Caller, once: &Once, id: GrantId, reason: &str) -> Result<Changed, Problem> {
        caller.require(Permission::Administer)?;
        let grant = self.database.read(|connection| Grant::find_for(connection, id, caller.party.id))?;
        if grant.licensee != caller.party.id {
            let detail = "only the licensee declines an offer; you can take it back by revoking it";
            return Err(Problem::new(ProblemKind::Forbidden, detail));
        }
        require_remark("reason", reason)?;
        let details = json!({"grant": grant.id, "terms_digest": grant.terms_digest, "reason": reason});
        let (reason, now) = (reason.to_owned(), self.clock.now());
        self.write(caller, once, "grant-declined", &grant, &details, move |tx, grant| {
            Grant::decline(tx, grant.id, &reason, now)
        })
    }
}
