//! Keys that parties sign with: proposed by whoever holds them, approved and revoked by an owner of the party.
//!
//! Revoking a key says that it may have been in other hands. Nobody can tell since when, so no model it signed counts. What a
//! licensee agreed to with it stays agreed: its own member called for it, and the log holds when.

use chancery_base::{
    crypto::{KeyFingerprint, VerifyingKey},
    values::{PartyId, SigningKeyId, UnixMillis},
};

use super::Label;
use crate::documents::codes;

codes! {
    /// Whether signatures of a key count.
    KeyStatus {
        /// Possession was proved; nobody with authority has said that it speaks for the party.
        Proposed = "proposed",
        /// Its signatures speak for the party.
        Approved = "approved",
        /// It may have been in other hands: none of its signatures counts, and what it signed has to be signed anew.
        Revoked = "revoked",
    }
}

/// A public key enrolled for a party. Weak keys cannot be held here: [`VerifyingKey`] refuses them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolledKey {
    /// Its identity.
    pub id: SigningKeyId,
    /// Whom it speaks for.
    pub party: PartyId,
    /// What its holder calls it.
    pub label: Label,
    /// The key.
    pub public_key: VerifyingKey,
    /// When possession was proved.
    pub created_at: UnixMillis,
    /// When an owner approved it.
    pub approved_at: Option<UnixMillis>,
    /// When an owner revoked it.
    pub revoked_at: Option<UnixMillis>,
}

impl EnrolledKey {
    /// What the key's history amounts to.
    #[must_use]
    pub const fn status(&self) -> KeyStatus {
        match (self.approved_at, self.revoked_at) {
            (_, Some(_)) => KeyStatus::Revoked,
            (Some(_), None) => KeyStatus::Approved,
            (None, None) => KeyStatus::Proposed,
        }
    }

    /// Whether its signatures count now.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.status() == KeyStatus::Approved
    }

    /// Short name of the key: SHA-256 of its bytes.
    #[must_use]
    pub fn fingerprint(&self) -> KeyFingerprint {
        self.public_key.fingerprint()
    }
}
