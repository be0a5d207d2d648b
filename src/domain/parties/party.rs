//! Organisations.

use chancery_base::values::{PartyId, Slug, UnixMillis};

use super::Label;

/// An organisation: owner, licensee, auditor or the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Its identity.
    pub id: PartyId,
    /// Its name in URLs, the first half of its models' names.
    pub slug: Slug,
    /// What it calls itself; self-asserted.
    pub title: Label,
    /// When it was made known.
    pub created_at: UnixMillis,
}
