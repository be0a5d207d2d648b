//! Ending: the licensor takes a grant back, or the licensee does not want what it was offered.

use chancery_base::{
    db::Tx,
    idempotency::Once,
    problem::{Problem, ProblemKind},
    values::{GrantId, UnixMillis},
};
use serde_json::json;

use super::{Changed, Registrar};
use crate::{
    documents::require_remark,
    licensing::Grant,
    parties::{Caller, Permission},
};

/// A way in which a grant ends by what a party says.
struct Ending {
    /// What is tried.
    attempt: &'static str,
    /// What happened.
    event: &'static str,
    /// Whether it is for the caller's party to say.
    is_for: fn(&Grant, &Caller) -> bool,
    /// What another party is told.
    not_yours: &'static str,
    write: fn(&mut Tx<'_>, GrantId, &str, UnixMillis) -> Result<(), Problem>,
}

const REVOCATION: Ending = Ending {
    attempt: "revoke-grant",
    event: "grant-revoked",
    is_for: |grant, caller| grant.licensor == caller.party.id,
    not_yours: "only the licensor revokes a grant; ask it to",
    write: Grant::revoke,
};

const REFUSAL: Ending = Ending {
    attempt: "decline-grant",
    event: "grant-declined",
    is_for: |grant, caller| grant.licensee == caller.party.id,
    not_yours: "only the licensee declines an offer; you can take it back by revoking it",
    write: Grant::decline,
};

impl Registrar {
    /// Takes a grant back; calls under it are refused from the next one on, what was used before stays lawful.
    ///
    /// Errors: the caller's party is not the licensor, or may not; a reason that says nothing; it ended so already.
    pub fn revoke(&self, caller: &Caller, once: &Once, id: GrantId, reason: &str) -> Result<Changed, Problem> {
        self.end(caller, once, id, reason, &REVOCATION)
    }

    /// Declines an offer; its licensor may make another.
    ///
    /// Errors: the caller's party is not the licensee, or may not; a reason that says nothing; it is no longer an open offer.
    pub fn decline(&self, caller: &Caller, once: &Once, id: GrantId, reason: &str) -> Result<Changed, Problem> {
        self.end(caller, once, id, reason, &REFUSAL)
    }

    fn end(
        &self,
        caller: &Caller,
        once: &Once,
        id: GrantId,
        reason: &str,
        ending: &Ending,
    ) -> Result<Changed, Problem> {
        let ended = self.try_end(caller, once, id, reason, ending);
        self.recorder().recorded(caller, ending.attempt, &json!({"grant": id}), ended)
    }

    fn try_end(
        &self,
        caller: &Caller,
        once: &Once,
        id: GrantId,
        reason: &str,
        ending: &Ending,
    ) -> Result<Changed, Problem> {
        caller.require(Permission::Administer)?;
        let grant = self.database.read(|connection| Grant::find_for(connection, id, caller.party.id))?;
        if !(ending.is_for)(&grant, caller) {
            return Err(Problem::new(ProblemKind::Forbidden, ending.not_yours));
        }
        require_remark("reason", reason)?;
        let details = json!({"grant": grant.id, "terms_digest": grant.terms_digest, "reason": reason});
        let (reason, now, write) = (reason.to_owned(), self.clock.now(), ending.write);
        self.write(caller, once, ending.event, &grant, &details, move |tx, grant| write(tx, grant.id, &reason, now))
    }
}
