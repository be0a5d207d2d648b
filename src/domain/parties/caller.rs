//! Who is calling: a party, and the key or the person that calls on its behalf.

use std::fmt;

use chancery_base::{
    crypto::{ApiToken, Bearer},
    db::AnyConnection,
    problem::{Problem, ProblemKind},
    values::{ApiKeyId, PersonId, ProposalId, Purpose, SessionId, Territory, UnixMillis},
};

use super::{ApiKey, AuditScope, Party, Permission, Person, Role, Session, rows};

/// An authenticated caller.
#[derive(Debug, Clone)]
pub struct Caller {
    /// On whose behalf.
    pub party: Party,
    /// Who calls.
    pub by: Actor,
}

/// Who calls on behalf of a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A program with an API key.
    Key(ApiKey),
    /// A person in a browser.
    Person(Person),
    /// A person, with the agreement of another to this one act.
    Pair(Person, Approval),
}

/// A second person's agreement to what a first one proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approval {
    /// To what.
    pub proposal: ProposalId,
    /// Who agreed.
    pub by: PersonId,
}

/// The identity of an [`Actor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorId {
    /// A key's.
    Key(ApiKeyId),
    /// A person's.
    Person(PersonId),
}

impl fmt::Display for ActorId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => id.fmt(formatter),
            Self::Person(id) => id.fmt(formatter),
        }
    }
}

impl Caller {
    /// Who calls.
    #[must_use]
    pub const fn actor(&self) -> ActorId {
        match &self.by {
            Actor::Key(key) => ActorId::Key(key.id),
            Actor::Person(person) | Actor::Pair(person, _) => ActorId::Person(person.id),
        }
    }

    /// What the caller is for.
    #[must_use]
    pub const fn role(&self) -> Role {
        match &self.by {
            Actor::Key(key) => key.role,
            Actor::Person(person) | Actor::Pair(person, _) => person.role,
        }
    }

    /// The key, where a program calls.
    ///
    /// Errors: a person calls, and what is asked for is done with a key.
    pub fn key(&self) -> Result<&ApiKey, Problem> {
        match &self.by {
            Actor::Key(key) => Ok(key),
            Actor::Person(_) | Actor::Pair(..) => Err(Problem::new(
                ProblemKind::Forbidden,
                "models are called with an API key, so that the use has a purpose; make a key and call with that",
            )),
        }
    }

    /// The person, where one calls.
    ///
    /// Errors: a program calls, and what is asked for is a person's to do.
    pub fn person(&self) -> Result<&Person, Problem> {
        match &self.by {
            Actor::Person(person) | Actor::Pair(person, _) => Ok(person),
            Actor::Key(_) => Err(Problem::new(
                ProblemKind::Forbidden,
                "this is for a person to do, not for an API key; sign in with a browser",
            )),
        }
    }

    /// The agreement of a second person, where the caller brings one.
    #[must_use]
    pub const fn approval(&self) -> Option<Approval> {
        match &self.by {
            Actor::Pair(_, approval) => Some(*approval),
            Actor::Key(_) | Actor::Person(_) => None,
        }
    }

    /// What the caller's uses are for, unless a request says something narrower.
    #[must_use]
    pub const fn purpose(&self) -> Option<&Purpose> {
        match &self.by {
            Actor::Key(key) => key.purpose.as_ref(),
            Actor::Person(_) | Actor::Pair(..) => None,
        }
    }

    /// Where the caller's uses take place, unless a request says something narrower.
    #[must_use]
    pub const fn territory(&self) -> Option<&Territory> {
        match &self.by {
            Actor::Key(key) => key.territory.as_ref(),
            Actor::Person(_) | Actor::Pair(..) => None,
        }
    }

    /// What of its party's records the caller may see.
    #[must_use]
    pub fn scope(&self) -> AuditScope {
        match &self.by {
            Actor::Person(person) if person.role == Role::Auditor => person.scope.clone(),
            _ => AuditScope::default(),
        }
    }

    /// Refuses callers whose role does not include `permission`.
    ///
    /// Errors: [`ProblemKind::Forbidden`].
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        if self.role().may(permission) {
            return Ok(());
        }
        let role = self.role();
        Err(Problem::new(
            ProblemKind::Forbidden,
            match &self.by {
                Actor::Key(_) => format!(
                    "this key's role is `{role}`, which may not do this; use a key of another role or ask your organisation's owner"
                ),
                Actor::Person(_) | Actor::Pair(..) => {
                    format!("your role is `{role}`, which may not do this; ask an owner of your organisation")
                }
            },
        ))
    }
}

/// Finds who presents `token`.
///
/// Errors: [`ProblemKind::Unauthenticated`], the same for a key that does not exist, a wrong secret, an expired and a
/// revoked key, so that a caller without the secret learns nothing.
pub fn authenticate(connection: &mut AnyConnection, token: &ApiToken, now: UnixMillis) -> Result<Caller, Problem> {
    let refused = || {
        Problem::new(
            ProblemKind::Unauthenticated,
            "this API key is unknown, expired or revoked; ask your organisation's owner for a new one",
        )
    };
    let (key, party) = rows::find_api_key_with_party(connection, token.id())?.ok_or_else(refused)?;
    key.accept(token, now).map_err(|reason| {
        tracing::info!(key.id = %key.id, key.refused = %reason, "API key refused");
        refused()
    })?;
    Ok(Caller { party, by: Actor::Key(key) })
}

/// The session that `bearer` belongs to and who signed in with it, where both count at `now`.
///
/// Errors: those of the database.
pub fn find_signed_in(
    connection: &mut AnyConnection,
    bearer: &Bearer<SessionId>,
    now: UnixMillis,
) -> Result<Option<(Session, Caller)>, Problem> {
    let Some((session, person, party)) = rows::find_session(connection, bearer.id)? else { return Ok(None) };
    let counts = session.hash.matches(&bearer.hash()) && session.is_live(now) && person.is_active(now);
    Ok(counts.then_some((session, Caller { party, by: Actor::Person(person) })))
}
