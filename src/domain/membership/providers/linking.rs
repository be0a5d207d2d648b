//! What people are linked to, and how a link is removed. Nobody loses their only way in by it.

use std::collections::BTreeMap;

use chancery_base::{
    crypto::Password,
    logs,
    problem::{Problem, ProblemKind},
    values::PersonId,
};
use serde_json::json;

use crate::{
    membership::Office,
    parties::{self, Caller, LinkedIdentity, Session},
};

/// The identities that the caller can sign in with.
///
/// Errors: a program calls.
pub fn identities(office: &Office, caller: &Caller) -> Result<Vec<LinkedIdentity>, Problem> {
    let person = caller.person()?.id;
    Ok(list_identities(office, caller)?.remove(&person).unwrap_or_default())
}

/// The identities of everybody in the caller's party, by person.
///
/// Errors: those of the database.
pub fn list_identities(office: &Office, caller: &Caller) -> Result<BTreeMap<PersonId, Vec<LinkedIdentity>>, Problem> {
    let all = office.database.read(|connection| parties::identities_of(connection, caller.party.id))?;
    let mut found = BTreeMap::<_, Vec<_>>::new();
    all.into_iter().for_each(|identity| found.entry(identity.person).or_default().push(identity));
    Ok(found)
}

/// Removes the caller's link to the provider called `issuer`; sessions that began with its word end, but for this one.
///
/// Errors: a program calls; the password is wrong; no such link; it is the only way in. Each but the first is in the audit log.
pub fn unlink(
    office: &Office,
    caller: &Caller,
    session: &Session,
    issuer: &str,
    password: &Password,
) -> Result<(), Problem> {
    let removed = office.try_unlink(caller, session, issuer, password);
    office.recorder().recorded(caller, "unlink-identity", &json!({"issuer": issuer}), removed)
}

impl Office {
    fn try_unlink(&self, caller: &Caller, session: &Session, issuer: &str, password: &Password) -> Result<(), Problem> {
        let facts = self.shown_again(caller, session, password)?;
        let person = facts.person.id;
        let others = identities(self, caller)?.into_iter().filter(|identity| identity.issuer != issuer).count();
        if facts.password.is_none() && others == 0 {
            let detail = "this is your only way to sign in; choose a password first, then remove it";
            return Err(Problem::new(ProblemKind::Conflict, detail));
        }
        let details = json!({"person": person, "issuer": issuer});
        let leaf = self.recorder().leaf("identity-unlinked", caller, &[], &details)?;
        let (issuer, kept, now) = (issuer.to_owned(), session.id, self.clock.now());
        self.database.act(move |tx| {
            if !parties::remove_identity(tx, person, &issuer)? {
                return Err(Problem::not_found("link"));
            }
            parties::end_sessions_from(tx, person, &issuer, kept, now)?;
            logs::append(tx, &leaf);
            Ok(())
        })
    }
}
