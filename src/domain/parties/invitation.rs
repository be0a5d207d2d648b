//! Invitations: how people join a party. Whoever holds the secret of one may take it, once, until it runs out.

use chancery_base::{
    crypto::TokenHash,
    values::{Email, InvitationId, PartyId, PersonId, UnixMillis},
};

use super::{AuditScope, Role};

/// An invitation as it is kept; its secret is known to whom it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its identity.
    pub id: InvitationId,
    /// Into which party.
    pub party: PartyId,
    /// Whom.
    pub email: Email,
    /// As what.
    pub role: Role,
    /// What an auditor is to see.
    pub scope: AuditScope,
    /// Hash of the secret.
    pub hash: TokenHash,
    /// When it was made.
    pub created_at: UnixMillis,
    /// Until when it can be taken.
    pub expires_at: UnixMillis,
    /// When the membership is to end.
    pub membership_ends_at: Option<UnixMillis>,
    /// Who took it.
    pub person: Option<PersonId>,
    /// When it was taken back.
    pub withdrawn_at: Option<UnixMillis>,
}

impl Invitation {
    /// Whether it can still be taken at `now`.
    #[must_use]
    pub fn is_open(&self, now: UnixMillis) -> bool {
        self.person.is_none() && self.withdrawn_at.is_none() && now < self.expires_at
    }
}
