//! Signing in: organisation, address and password, then a second factor where one is set.
//!
//! What is wrong is never said, and takes as long to find out whatever it is. Attempts are counted before they are judged, so
//! that many at once are as few as one after another.
//!
//! Whoever fails too often waits. So that a stranger who fails on purpose keeps nobody out (OWASP ASVS 5.0.0, 6.3.1), a browser that the
//! person signed in with before has some attempts of its own.

use chancery_base::{
    crypto::{AuthenticatorSecret, Bearer, Password, PasswordHash, RecoveryCode},
    db::Tx,
    logs::{self, NewLeaf},
    problem::{Problem, ProblemKind},
    values::{Email, PersonId, SessionId, Slug, UnixMillis},
};
use serde_json::json;

use crate::{
    membership::Office,
    parties::{self, Actor, Caller, Party, Person, Session, SignInFacts},
};

/// Wrong attempts in a row that cost nothing but themselves.
const FREE_FAILURES: u32 = 5;
/// How long nothing is looked at after the next; each further one doubles it …
const FIRST_LOCK_MS: i64 = 30 * UnixMillis::PER_SECOND;
/// … up to this.
const LONGEST_LOCK_MS: i64 = 15 * 60 * UnixMillis::PER_SECOND;

/// More than lead to the longest.
const MOST_DOUBLINGS: u32 = 16;

/// What somebody says to sign in.
pub struct SignIn {
    /// Which organisation.
    pub organisation: Slug,
    /// Who.
    pub email: Email,
    /// The password.
    pub password: Password,
    /// What the browser calls itself.
    pub agent: String,
    /// By which the browser is known, if anybody signed in with it before.
    pub known: Option<Bearer<SessionId>>,
}

/// How a session begins.
pub(in crate::membership) struct Beginning {
    /// Whether everything was shown that is asked for.
    pub is_complete: bool,
    /// Whether our own second factor was.
    pub has_shown_second_factor: bool,
    /// The provider whose word it begins with.
    pub issuer: Option<String>,
    /// What the browser calls itself.
    pub agent: String,
}

/// A session that was begun.
pub struct Entered {
    /// The session as it is kept.
    pub session: Session,
    /// What the browser keeps.
    pub bearer: Bearer<SessionId>,
    /// What it keeps for when the session ended, once everything was shown: by that it is known again, and nothing more.
    pub known: Option<Bearer<SessionId>>,
}

/// Signs somebody in; the session is not complete where a second factor is due.
///
/// Errors: [`ProblemKind::SignInRefused`], the same for every reason; too many at once.
pub fn sign_in(office: &Office, asked: &SignIn) -> Result<Entered, Problem> {
    let found = office.database.read(|connection| {
        let Some(party) = parties::find_party_by_slug(connection, &asked.organisation)? else { return Ok(None) };
        let facts = parties::sign_in_facts(connection, party.id, &asked.email)?;
        Ok::<_, Problem>(facts.map(|facts| (party, facts)))
    })?;
    let Some((party, facts)) = found else {
        office.hashing.run(|| PasswordHash::of_nobody().matches(&asked.password))?;
        tracing::info!("somebody unknown tried to sign in");
        return Err(refused());
    };
    let now = office.clock.now();
    let known = office.known(facts.person.id, asked.known.as_ref())?;
    let failures = office.begin_attempt(facts.person.id, known, now)?;
    let stored = facts.password.clone().unwrap_or_else(PasswordHash::of_nobody);
    let is_right = office.hashing.run(|| stored.matches(&asked.password))?;
    let is_admitted = is_right && facts.password.is_some() && facts.person.is_active(now);
    let Some(failures) = failures.filter(|_| is_admitted) else {
        return Err(office.refuse(&party, facts.person.id, "password", failures)?);
    };
    let is_complete = facts.authenticator.is_none();
    // A second factor is still to be shown, and its attempts count on.
    let cleared = is_complete.then_some(facts.person.id);
    tracing::debug!(person.id = %facts.person.id, attempts = failures, "password accepted");
    let beginning = Beginning { is_complete, has_shown_second_factor: false, issuer: None, agent: asked.agent.clone() };
    office.begin_session(&party, &facts, beginning, move |tx| {
        cleared.map_or(Ok(()), |person| Ok(parties::clear_attempts(tx, person)?))
    })
}

/// Shows the second factor in a session that waits for it: a code of the authenticator, or a recovery code. The session that
/// comes of it is another one.
///
/// Errors: [`ProblemKind::SignInRefused`], the same for a session that does not wait, a wrong and a used code.
pub fn show_second_factor(
    office: &Office,
    waiting: &Bearer<SessionId>,
    known: Option<&Bearer<SessionId>>,
    code: &str,
) -> Result<Entered, Problem> {
    let now = office.clock.now();
    let found = office.database.read(|connection| {
        let Some((session, caller)) = parties::find_signed_in(connection, waiting, now)? else { return Ok(None) };
        let person = caller.person()?.id;
        let facts = parties::sign_in_facts_of(connection, person)?;
        Ok::<_, Problem>(facts.filter(|_| !session.is_complete).map(|facts| (session, caller.party, facts)))
    })?;
    let (session, party, facts) = found.ok_or_else(refused)?;
    let person = facts.person.id;
    let known = office.known(person, known)?;
    let failures = office.begin_attempt(person, known, now)?;
    if failures.is_none() {
        return Err(refused());
    }
    let step = office.authenticator(&party, &facts)?.and_then(|secret| secret.step_of(code, now));
    let recovery = RecoveryCode::typed(code).hash();
    let old = session.id;
    let beginning =
        Beginning { is_complete: true, has_shown_second_factor: true, issuer: session.issuer, agent: session.agent };
    let entered = office.begin_session(&party, &facts, beginning, move |tx| {
        let is_right = match step {
            Some(step) => parties::take_step(tx, person, step)?,
            None => parties::use_recovery_code(tx, person, &recovery, now)?,
        };
        if !is_right {
            return Err(refused());
        }
        parties::end_session(tx, person, old, now)?;
        Ok(parties::clear_attempts(tx, person)?)
    });
    match entered {
        Err(problem) if problem.kind == ProblemKind::SignInRefused => {
            Err(office.refuse(&party, person, "second-factor", failures)?)
        }
        entered => entered,
    }
}

impl Office {
    /// The session of `person` by which the browser that shows `shown` is known, whether that still counts or not.
    fn known(&self, person: PersonId, shown: Option<&Bearer<SessionId>>) -> Result<Option<SessionId>, Problem> {
        let Some(shown) = shown else { return Ok(None) };
        let is_known =
            self.database.read(|connection| parties::is_known(connection, shown.id, person, &shown.hash()))?;
        Ok(is_known.then_some(shown.id))
    }

    /// Counts an attempt; how many have failed in a row if this one does, or `None` while none is looked at. While strangers may not
    /// try, whoever is in the session `known` still may, a few times.
    pub(super) fn begin_attempt(
        &self,
        person: PersonId,
        known: Option<SessionId>,
        now: UnixMillis,
    ) -> Result<Option<u32>, Problem> {
        self.database.act(move |tx| {
            let Some(failures) = parties::begin_attempt(tx, person, now)? else {
                let is_open = match known {
                    Some(session) => parties::begin_session_attempt(tx, session, FREE_FAILURES)?,
                    None => false,
                };
                return Ok(is_open.then_some(FREE_FAILURES));
            };
            if let Some(beyond) = failures.checked_sub(FREE_FAILURES).filter(|n| *n > 0) {
                let doubled = FIRST_LOCK_MS.saturating_mul(1 << (beyond - 1).min(MOST_DOUBLINGS));
                parties::lock_person(tx, person, now.plus_millis(doubled.min(LONGEST_LOCK_MS)))?;
            }
            Ok(Some(failures))
        })
    }

    /// Writes down an attempt that was looked at and failed; what its maker is told.
    fn refuse(&self, party: &Party, person: PersonId, factor: &str, failures: Option<u32>) -> Result<Problem, Problem> {
        let Some(failures) = failures else { return Ok(refused()) };
        let details = json!({"person": person, "factor": factor, "failures": failures});
        let leaf = self.recorder().own_leaf("sign-in-refused", vec![party.id], &details)?;
        self.database.act(move |tx| {
            logs::append(tx, &leaf);
            Ok(())
        })?;
        Ok(Problem { is_on_record: true, ..refused() })
    }

    /// Begins a session; what `also` does is done in the same act.
    pub(in crate::membership) fn begin_session(
        &self,
        party: &Party,
        facts: &SignInFacts,
        beginning: Beginning,
        also: impl FnOnce(&mut Tx<'_>) -> Result<(), Problem> + Send + 'static,
    ) -> Result<Entered, Problem> {
        let now = self.clock.now();
        let bearer = Bearer::generate(SessionId::generate(&*self.entropy, now), &*self.entropy);
        let session = Session {
            id: bearer.id,
            person: facts.person.id,
            hash: bearer.hash(),
            agent: beginning.agent.chars().take(Session::AGENT_CHARACTERS).collect(),
            is_complete: beginning.is_complete,
            issuer: beginning.issuer,
            created_at: now,
            seen_at: now,
            ended_at: None,
        };
        let is_shown = beginning.has_shown_second_factor;
        let leaf = session.is_complete.then(|| self.signed_in_leaf(party, facts, &session, is_shown)).transpose()?;
        let known = session.is_complete.then(|| Bearer::generate(session.id, &*self.entropy));
        let (row, known_hash) = (session.clone(), known.as_ref().map(Bearer::hash));
        self.database.act(move |tx| {
            also(tx)?;
            parties::insert_session(tx, &row)?;
            if let Some(hash) = known_hash {
                parties::keep_known(tx, row.id, &hash)?;
            }
            if let Some(leaf) = leaf {
                logs::append(tx, &leaf);
            }
            Ok(())
        })?;
        Ok(Entered { session, bearer, known })
    }

    fn signed_in_leaf(
        &self,
        party: &Party,
        facts: &SignInFacts,
        session: &Session,
        second_factor: bool,
    ) -> Result<NewLeaf, Problem> {
        let caller = Caller { party: party.clone(), by: Actor::Person(facts.person.clone()) };
        let details = json!({"session": session.id, "second_factor": second_factor, "issuer": session.issuer});
        self.recorder().leaf("signed-in", &caller, &[], &details)
    }

    /// What the person's authenticator shares with us.
    pub(super) fn authenticator(
        &self,
        party: &Party,
        facts: &SignInFacts,
    ) -> Result<Option<AuthenticatorSecret>, Problem> {
        let Some(sealed) = &facts.authenticator else { return Ok(None) };
        let version = sealed.version().map_err(Problem::internal)?;
        let key = self.database.read(|connection| parties::tenant_key(connection, party.id, version.0))?;
        let key = key.ok_or_else(|| Problem::internal("an authenticator was sealed under a key that is gone"))?;
        let subject = Person::authenticator_subject(facts.person.id);
        let bytes = key.open(&self.roots)?.open(sealed, party.id, &subject).map_err(Problem::internal)?;
        AuthenticatorSecret::copy_from(&bytes).map(Some).ok_or_else(|| Problem::internal("an authenticator's secret"))
    }
}

fn refused() -> Problem {
    Problem::new(
        ProblemKind::SignInRefused,
        "this is not right, or there were too many attempts; check what you typed, wait a little and try again",
    )
}
