//! People: who signs in on behalf of a party.

use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{Email, PartyId, PersonId, Slug, UnixMillis},
};
use serde::{Deserialize, Serialize};

use super::{Label, Role};

/// Somebody who works for a party. What they sign in with is not here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their identity.
    pub id: PersonId,
    /// Whom they work for.
    pub party: PartyId,
    /// The address they sign in with.
    pub email: Email,
    /// What they are called.
    pub name: Label,
    /// What they may do.
    pub role: Role,
    /// What an auditor may see; everything of the party where nothing is said.
    pub scope: AuditScope,
    /// Whether they have a password.
    pub has_password: bool,
    /// Whether a second factor is asked of them.
    pub has_second_factor: bool,
    /// When they joined.
    pub created_at: UnixMillis,
    /// From when on they may not sign in.
    pub expires_at: Option<UnixMillis>,
    /// When they were taken out.
    pub removed_at: Option<UnixMillis>,
}

impl Person {
    /// What binds what their authenticator shares with us to them where it is sealed.
    #[must_use]
    pub fn authenticator_subject(id: PersonId) -> String {
        format!("authenticator of {id}")
    }

    /// Whether they may act at `now`.
    #[must_use]
    pub fn is_active(&self, now: UnixMillis) -> bool {
        self.removed_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// What of its party's records an auditor may see: a period, and the parties they are with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditScope {
    /// Not before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<UnixMillis>,
    /// Before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<UnixMillis>,
    /// Only records that one of these parties has a part in; all where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<Slug>,
}

impl AuditScope {
    /// Whether it leaves anything out.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        *self != Self::default()
    }

    /// Refuses periods that reach beyond the scope's.
    ///
    /// Errors: [`ProblemKind::Forbidden`], with the period that may be seen.
    pub fn require_period(&self, from: UnixMillis, to: UnixMillis) -> Result<(), Problem> {
        if self.from.is_none_or(|start| start <= from) && self.to.is_none_or(|end| to <= end) {
            return Ok(());
        }
        let said = |end: Option<UnixMillis>| end.map_or_else(|| "…".to_owned(), |end| end.to_string());
        let (from, to) = (said(self.from), said(self.to));
        let detail = format!("you may see the period from {from} to {to}; ask for a part of it");
        Err(Problem::new(ProblemKind::Forbidden, detail).at("from"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_limits_periods_and_travels_as_json() {
        let at = UnixMillis::new;
        let scope = AuditScope { from: Some(at(10)), to: Some(at(20)), parties: vec!["acme".parse().unwrap()] };
        assert!(scope.is_limited() && !AuditScope::default().is_limited());
        assert!(scope.require_period(at(10), at(20)).is_ok());
        for (from, to) in [(9, 20), (10, 21)] {
            assert_eq!(scope.require_period(at(from), at(to)).unwrap_err().kind, ProblemKind::Forbidden);
        }
        let text = serde_json::to_string(&scope).unwrap();
        assert_eq!(serde_json::from_str::<AuditScope>(&text).unwrap(), scope);
        assert_eq!(serde_json::to_string(&AuditScope::default()).unwrap(), "{}");
    }
}
