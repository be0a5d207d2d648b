//! Identities: whom an identity provider means by one of its subjects, and browsers that were sent to one to find out.

use chancery_base::{
    crypto::TokenHash,
    values::{Email, FlowId, InvitationId, PartyId, PersonId, SessionId, Slug, UnixMillis},
};
use serde::{Deserialize, Serialize};

/// A person of a party, as a provider knows them. Issuer and subject are what counts; the address is for people to recognise.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkedIdentity {
    /// Of which party.
    pub party: PartyId,
    /// Who.
    pub person: PersonId,
    /// The provider's own name.
    pub issuer: String,
    /// Whom it means.
    pub subject: String,
    /// The address it gave when they were linked.
    pub email: Email,
    /// When that was.
    pub linked_at: UnixMillis,
}

/// A browser that was sent to a provider and is to come back with an answer, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Its identity.
    pub id: FlowId,
    /// Hash of the secret in the browser's cookie.
    pub hash: TokenHash,
    /// To which provider.
    pub provider: Slug,
    /// What for.
    pub purpose: FlowPurpose,
    /// When it was sent.
    pub created_at: UnixMillis,
}

/// What somebody goes to a provider for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowPurpose {
    /// To sign in, and go on to this path.
    SignIn(String),
    /// To take an invitation.
    Join(InvitationId),
    /// To be able to sign in so from then on, as somebody who is signed in.
    Link(PersonId, SessionId),
}

impl Flow {
    /// How long somebody may take to sign in at a provider.
    pub const LIFETIME_MS: i64 = 10 * 60 * UnixMillis::PER_SECOND;

    /// Whether an answer still counts at `now`.
    #[must_use]
    pub fn is_open(&self, now: UnixMillis) -> bool {
        now < self.created_at.plus_millis(Self::LIFETIME_MS)
    }
}
