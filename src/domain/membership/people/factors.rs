//! What somebody signs in with: the password, and an authenticator with recovery codes beside it.

use chancery_base::{
    crypto::{AuthenticatorSecret, Password, RecoveryCode},
    logs,
    problem::{Problem, ProblemKind},
};
use serde_json::json;
use zeroize::Zeroizing;

use crate::{
    membership::Office,
    parties::{self, Caller, Person, Session, SignInFacts},
};

/// Recovery codes given out with a second factor.
const RECOVERY_CODES: usize = 8;

/// Recovery codes, shown once.
pub struct RecoveryCodes(pub Vec<Zeroizing<String>>);

/// Changes the caller's own password, or gives them one; every other session of theirs ends.
///
/// Errors: a program calls; the old password is wrong; a new one that would be guessed.
pub fn change_password(
    office: &Office,
    caller: &Caller,
    session: &Session,
    old: &Password,
    new: String,
) -> Result<(), Problem> {
    let changed = office.try_change_password(caller, session, old, new);
    office.recorder().recorded(caller, "change-password", &json!({}), changed)
}

/// Draws what an authenticator is to share with us. Nothing changes before a code of it is shown.
#[must_use]
pub fn propose_second_factor(office: &Office) -> AuthenticatorSecret {
    AuthenticatorSecret::generate(&*office.entropy)
}

/// Sets the caller's second factor, once they show that their authenticator has it; who has one already shows that first.
///
/// Errors: a program calls; the password or one of the codes is wrong, `current_code` being that of the factor there is.
pub fn confirm_second_factor(
    office: &Office,
    caller: &Caller,
    session: &Session,
    password: &Password,
    current_code: &str,
    secret: &AuthenticatorSecret,
    code: &str,
) -> Result<RecoveryCodes, Problem> {
    let set = office.try_confirm(caller, session, password, current_code, secret, code);
    office.recorder().recorded(caller, "set-second-factor", &json!({}), set)
}

/// Removes the caller's second factor; every other session of theirs ends.
///
/// Errors: a program calls; the password or the code is wrong.
pub fn remove_second_factor(
    office: &Office,
    caller: &Caller,
    session: &Session,
    password: &Password,
    code: &str,
) -> Result<(), Problem> {
    let removed = office.try_remove(caller, session, password, code);
    office.recorder().recorded(caller, "remove-second-factor", &json!({}), removed)
}

/// How many recovery codes the caller has left.
///
/// Errors: a program calls.
pub fn recovery_codes_left(office: &Office, caller: &Caller) -> Result<u32, Problem> {
    let person = caller.person()?.id;
    office.database.read(|connection| Ok(parties::recovery_codes_left(connection, person)?))
}

impl Office {
    /// What the caller signs in with, once they have shown their password again. Whoever has none signed in through a provider a
    /// moment ago. Attempts count as those to sign in do, so that whoever took a session cannot try passwords at leisure.
    ///
    /// Errors: the password is wrong; too many attempts.
    pub(in crate::membership) fn shown_again(
        &self,
        caller: &Caller,
        session: &Session,
        password: &Password,
    ) -> Result<SignInFacts, Problem> {
        let facts = self.attempted(caller, session, password)?;
        let (person, session) = (facts.person.id, session.id);
        self.database.act(move |tx| {
            parties::clear_session_attempts(tx, session)?;
            Ok::<_, Problem>(parties::clear_attempts(tx, person)?)
        })?;
        Ok(facts)
    }

    /// The same, with the attempt still counted: there is more to show.
    fn attempted(&self, caller: &Caller, session: &Session, password: &Password) -> Result<SignInFacts, Problem> {
        let person = caller.person()?.id;
        if self.begin_attempt(person, Some(session.id), self.clock.now())?.is_none() {
            let detail = "there were too many attempts; wait a few minutes and try again, or sign out and in again";
            return Err(Problem::new(ProblemKind::Unprocessable, detail).at("password"));
        }
        let facts = self.database.read(|connection| parties::sign_in_facts_of(connection, person))?;
        let facts = facts.ok_or_else(|| Problem::not_found("person"))?;
        let is_right = match &facts.password {
            Some(stored) => self.hashing.run(|| stored.matches(password))?,
            None if session.is_fresh_from_provider(self.clock.now()) => true,
            None => {
                let detail = "you have no password, so sign out, sign in again, and do this within ten minutes";
                return Err(Problem::new(ProblemKind::Unprocessable, detail).at("password"));
            }
        };
        if is_right {
            return Ok(facts);
        }
        let detail = "this is not your password; type the one you signed in with";
        Err(Problem::new(ProblemKind::Unprocessable, detail).at("password"))
    }

    /// Has the caller show again everything that they sign in with; a recovery code does instead of the authenticator's.
    ///
    /// Errors: the password or the code is wrong; too many attempts.
    pub(in crate::membership) fn shown_with_second_factor(
        &self,
        caller: &Caller,
        session: &Session,
        password: &Password,
        code: &str,
    ) -> Result<(), Problem> {
        let facts = self.attempted(caller, session, password)?;
        let (person, now) = (facts.person.id, self.clock.now());
        let secret = self.authenticator(&caller.party, &facts)?;
        let step = secret.as_ref().map(|secret| secret.step_of(code, now));
        let (recovery, session) = (RecoveryCode::typed(code).hash(), session.id);
        self.database.act(move |tx| {
            let is_right = match step {
                Some(Some(step)) => parties::take_step(tx, person, step)?,
                Some(None) => parties::use_recovery_code(tx, person, &recovery, now)?,
                None => true,
            };
            if !is_right {
                let detail = "this is not the code your authenticator shows now, nor a recovery code; wait for the next one and type that";
                return Err(Problem::new(ProblemKind::Unprocessable, detail).at("code"));
            }
            parties::clear_session_attempts(tx, session)?;
            Ok(parties::clear_attempts(tx, person)?)
        })
    }

    fn try_change_password(
        &self,
        caller: &Caller,
        session: &Session,
        old: &Password,
        new: String,
    ) -> Result<(), Problem> {
        let facts = self.shown_again(caller, session, old)?;
        let person = facts.person.id;
        let new = self.choose(&caller.party, &facts.person, new).map_err(|problem| problem.at("new_password"))?;
        let leaf = self.recorder().leaf("password-changed", caller, &[], &json!({"person": person}))?;
        let (kept, now) = (session.id, self.clock.now());
        self.database.act(move |tx| {
            parties::set_password(tx, person, &new)?;
            parties::end_sessions(tx, person, Some(kept), now)?;
            logs::append(tx, &leaf);
            Ok(())
        })
    }

    fn try_confirm(
        &self,
        caller: &Caller,
        session: &Session,
        password: &Password,
        current_code: &str,
        secret: &AuthenticatorSecret,
        code: &str,
    ) -> Result<RecoveryCodes, Problem> {
        let person = caller.person()?.id;
        self.shown_with_second_factor(caller, session, password, current_code).map_err(|problem| {
            if problem.field.as_deref() == Some("code") { problem.at("current_code") } else { problem }
        })?;
        let (kept, now) = (session.id, self.clock.now());
        let step = secret.step_of(code, now).ok_or_else(|| {
            let detail = "this is not the code your authenticator shows now; check its clock and type the next one";
            Problem::new(ProblemKind::Unprocessable, detail).at("code")
        })?;
        let party = caller.party.id;
        let key = self.database.read(|connection| parties::sealing_key(connection, party, &self.roots))?;
        let sealed = key.seal(secret.expose(), party, &Person::authenticator_subject(person), &*self.entropy);
        let codes: Vec<RecoveryCode> = (0..RECOVERY_CODES).map(|_| RecoveryCode::generate(&*self.entropy)).collect();
        let hashes: Vec<_> = codes.iter().map(RecoveryCode::hash).collect();
        let leaf = self.recorder().leaf("second-factor-set", caller, &[], &json!({"person": person}))?;
        self.database.act(move |tx| {
            parties::require_newest_key(tx, party, key.version())?;
            parties::set_second_factor(tx, person, Some((&sealed, step)), &hashes)?;
            parties::end_sessions(tx, person, Some(kept), now)?;
            logs::append(tx, &leaf);
            Ok(())
        })?;
        Ok(RecoveryCodes(codes.iter().map(RecoveryCode::expose).collect()))
    }

    fn try_remove(&self, caller: &Caller, session: &Session, password: &Password, code: &str) -> Result<(), Problem> {
        let person = caller.person()?.id;
        self.shown_with_second_factor(caller, session, password, code)?;
        let (kept, now) = (session.id, self.clock.now());
        let leaf = self.recorder().leaf("second-factor-removed", caller, &[], &json!({"person": person}))?;
        self.database.act(move |tx| {
            parties::set_second_factor(tx, person, None, &[])?;
            parties::end_sessions(tx, person, Some(kept), now)?;
            logs::append(tx, &leaf);
            Ok(())
        })
    }
}
