//! Keys that programs present with each call, and what their roles permit.

use chancery_base::{
    crypto::{ApiToken, TokenHash},
    values::{ApiKeyId, PartyId, Purpose, Territory, UnixMillis},
};

use super::Label;
use crate::documents::codes;

codes! {
    /// What a person or a key is for; each role is a set of [`Permission`]s.
    Role {
        /// Runs the registry, and does what an owner does for its own party.
        Operator = "operator",
        /// Administers its party.
        Owner = "owner",
        /// Agrees to what another of its party proposes; people only.
        Approver = "approver",
        /// Uses models.
        Member = "member",
        /// Reads what its party may see.
        Auditor = "auditor",
    }
}

/// A group of acts that are permitted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Create parties, place and release holds, activate policies.
    Operate,
    /// Push models, offer, accept and revoke grants, make and revoke keys of the party, approve signing keys.
    Administer,
    /// Call models and preview decisions.
    Use,
    /// Export all that the party may open; a member reads one thing at a time.
    Export,
    /// Be the second person of two.
    Approve,
}

impl Role {
    /// Whether people and keys of this role may do what `permission` stands for.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::Operate => matches!(self, Self::Operator),
            Permission::Administer => matches!(self, Self::Operator | Self::Owner),
            Permission::Use => matches!(self, Self::Operator | Self::Owner | Self::Member),
            Permission::Export => matches!(self, Self::Operator | Self::Owner | Self::Auditor),
            Permission::Approve => matches!(self, Self::Operator | Self::Owner | Self::Approver),
        }
    }
}

/// A key of a party. Its secret is known to its holder only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its identity, part of the token.
    pub id: ApiKeyId,
    /// Whose it is.
    pub party: PartyId,
    /// What it may do.
    pub role: Role,
    /// What its owner calls it.
    pub label: Label,
    /// Hash of the secret.
    pub hash: TokenHash,
    /// What its calls are for unless a call says something narrower; declared by the party.
    pub purpose: Option<Purpose>,
    /// Where its calls' results are used unless a call says something narrower; declared by the party.
    pub territory: Option<Territory>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// From when on it is refused.
    pub expires_at: Option<UnixMillis>,
    /// When it was revoked.
    pub revoked_at: Option<UnixMillis>,
}

/// Why a presented key is refused. Callers are told one thing for all of these; logs say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeyRefused {
    /// The secret is not the key's.
    #[error("the secret does not belong to this key")]
    WrongSecret,
    /// Past its end.
    #[error("the key has expired")]
    Expired,
    /// Taken back by its party.
    #[error("the key was revoked")]
    Revoked,
}

impl ApiKey {
    /// Whether `token` is this key and the key is good at `now`.
    ///
    /// Errors: each of [`ApiKeyRefused`]; the secret is compared first and in constant time, so that a caller without it
    /// learns nothing about the key.
    pub fn accept(&self, token: &ApiToken, now: UnixMillis) -> Result<(), ApiKeyRefused> {
        if !self.hash.matches(&token.hash()) {
            return Err(ApiKeyRefused::WrongSecret);
        }
        self.refusal(now).map_or(Ok(()), Err)
    }

    /// Whether calls with this key count at `now`.
    #[must_use]
    pub fn is_good(&self, now: UnixMillis) -> bool {
        self.refusal(now).is_none()
    }

    fn refusal(&self, now: UnixMillis) -> Option<ApiKeyRefused> {
        if self.revoked_at.is_some() {
            return Some(ApiKeyRefused::Revoked);
        }
        self.expires_at.filter(|end| *end <= now).map(|_| ApiKeyRefused::Expired)
    }
}
