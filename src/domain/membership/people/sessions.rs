//! Sessions: found by what the browser shows, ended at once.

use chancery_base::{crypto::Bearer, logs, problem::Problem, values::SessionId};
use serde_json::json;

use crate::{
    membership::Office,
    parties::{self, Caller, Session},
};

/// The session that `bearer` belongs to and who signed in with it, where both count now. A person who was taken out or given
/// another role is found so from the next request on.
///
/// Errors: those of the database.
pub fn signed_in(office: &Office, bearer: &Bearer<SessionId>) -> Result<Option<(Session, Caller)>, Problem> {
    let now = office.clock.now();
    let found = office.database.read(|connection| parties::find_signed_in(connection, bearer, now))?;
    if let Some((session, _)) = found.as_ref().filter(|(session, _)| session.is_to_be_touched(now)) {
        let id = session.id;
        office.database.act(move |tx| Ok(parties::touch_session(tx, id, now)?))?;
    }
    Ok(found)
}

/// Ends the caller's session `id`.
///
/// Errors: a program calls.
pub fn sign_out(office: &Office, caller: &Caller, id: SessionId) -> Result<(), Problem> {
    office.end(caller, id, "signed-out").map(drop)
}

/// Ends a session of the caller's, in this or another browser.
///
/// Errors: a program calls; no such session of theirs.
pub fn end_session(office: &Office, caller: &Caller, id: SessionId) -> Result<(), Problem> {
    if office.end(caller, id, "session-ended")? { Ok(()) } else { Err(Problem::not_found("session")) }
}

/// Ends every session of the caller's but `kept`.
///
/// Errors: a program calls.
pub fn end_other_sessions(office: &Office, caller: &Caller, kept: SessionId) -> Result<(), Problem> {
    let person = caller.person()?.id;
    let leaf = office.recorder().leaf("sessions-ended", caller, &[], &json!({"person": person}))?;
    let now = office.clock.now();
    office.database.act(move |tx| {
        parties::end_sessions(tx, person, Some(kept), now)?;
        logs::append(tx, &leaf);
        Ok(())
    })
}

/// The caller's sessions that count, newest first.
///
/// Errors: a program calls.
pub fn sessions(office: &Office, caller: &Caller) -> Result<Vec<Session>, Problem> {
    let (person, now) = (caller.person()?.id, office.clock.now());
    let sessions = office.database.read(|connection| parties::sessions_of(connection, person))?;
    Ok(sessions.into_iter().filter(|session| session.is_live(now)).collect())
}

impl Office {
    fn end(&self, caller: &Caller, id: SessionId, event: &str) -> Result<bool, Problem> {
        let person = caller.person()?.id;
        let leaf = self.recorder().leaf(event, caller, &[], &json!({"session": id}))?;
        let now = self.clock.now();
        self.database.act(move |tx| {
            let is_ended = parties::end_session(tx, person, id, now)?;
            if is_ended {
                logs::append(tx, &leaf);
            }
            Ok(is_ended)
        })
    }
}
