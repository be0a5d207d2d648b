//! A grant as judgement needs it: who granted what to whom, for how long, at what price.

use chancery_base::values::{GrantId, Purpose, Sha256Digest, Slug, Territory, TokenCount, UnixMillis};
use serde::{Deserialize, Serialize};

/// A grant, as it stands at the moment of the decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantFacts {
    /// The grant.
    pub id: GrantId,
    /// Who grants.
    pub licensor: Slug,
    /// First moment it no longer holds; `None` for a grant without an end, which lasts until revoked.
    pub not_after: Option<UnixMillis>,
    /// First moment it holds.
    pub not_before: UnixMillis,
    /// Whether it has a price.
    pub payment: Payment,
    /// What uses it allows.
    pub purposes: Scope<Purpose>,
    /// Tokens not used up yet; running calls may have set some of them aside.
    pub quota: Quota,
    /// Where it stands in its life.
    pub status: GrantStatus,
    /// Digest of the terms both sides agreed to.
    pub terms_digest: Sha256Digest,
    /// Where it allows them.
    pub territories: Scope<Territory>,
    /// Which version numbers it covers.
    pub versions: Scope<u32>,
}

/// Where a grant stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GrantStatus {
    /// Offered, not yet accepted.
    Offered,
    /// Accepted by the licensee's signature.
    Accepted,
    /// Taken back by the licensor.
    Revoked,
}

/// What a grant costs. Whether it was paid is not known here: payments are not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Payment {
    /// The grant has no price.
    Free,
    /// The grant has a price; nobody here knows whether it is paid.
    Unrecorded,
}

/// Which values a term covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope<T> {
    /// All of them.
    Any,
    /// Only these.
    Only(Vec<T>),
}

/// How much may still be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quota {
    /// As much as the caller likes.
    Unlimited,
    /// At most this much.
    Remaining(TokenCount),
}
