//! Revoking: the licensor takes a grant back.

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
    /// Takes a grant back; calls under it are refused from the next one on, what was used before stays lawful.
    ///
    /// Errors: the caller's party is not the licensor, or may not; a reason that says nothing; it was revoked already.
    pub fn revoke(&self, caller: &Caller, once: &Once, id: GrantId, reason: &str) -> Result<Changed, Problem> {
        let revoked = self.try_revoke(caller, once, id, reason);
        self.recorder().recorded(caller, "revoke-grant", &json!({"grant": id}), revoked)
    }

    fn try_revoke(&self, caller: &Caller, once: &Once, id: GrantId, reason: &str) -> Result<Changed, Problem> {
        caller.require(Permission::Administer)?;
        let grant = self.database.read(|connection| Grant::find_for(connection, id, caller.party.id))?;
        if grant.licensor != caller.party.id {
            return Err(Problem::new(ProblemKind::Forbidden, "only the licensor revokes a grant; ask it to"));
        }
        require_remark("reason", reason)?;
        let details = json!({"grant": grant.id, "terms_digest": grant.terms_digest, "reason": reason});
        let (reason, now) = (reason.to_owned(), self.clock.now());
        self.write(caller, once, "grant-revoked", &grant, &details, move |tx, grant| {
            Grant::revoke(tx, grant.id, &reason, now)
        })
    }
}
