//! Registered versions: what was signed, which files, from what.

use chancery_base::{
    store::BlobName,
    values::{ArtifactPath, ByteCount, LeafId, ModelId, Sha256Digest, SigningKeyId, Standing, UnixMillis, VersionId},
};

use crate::documents::codes;

codes! {
    /// Whether a version is in use.
    VersionStatus {
        /// As usable as its licence makes it.
        Registered = "registered",
        /// Not to be used for the time being.
        Suspended = "suspended",
        /// Not to be used again.
        Withdrawn = "withdrawn",
        /// Withdrawn, and what opens its files is destroyed.
        Destroyed = "destroyed",
    }
}

impl VersionStatus {
    /// Whether an owner may change this status to `next`. What is withdrawn is not used again, because licensees acted upon it; its keys
    /// can be destroyed.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Registered | Self::Suspended => self != next && next != Self::Destroyed,
            Self::Withdrawn => next == Self::Destroyed,
            Self::Destroyed => false,
        }
    }
}

/// One registered version of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its identity.
    pub id: VersionId,
    /// The model it is a version of.
    pub model: ModelId,
    /// Counts from one.
    pub number: u32,
    /// Whether it is in use.
    pub status: VersionStatus,
    /// The network it holds, as the engine that will load it calls it.
    pub architecture: String,
    /// SHA-256 of the signed statement.
    pub manifest_digest: Sha256Digest,
    /// The DSSE envelope, as it came.
    pub signed_manifest: String,
    /// The key that signed it.
    pub signing_key: SigningKeyId,
    /// The passport as canonical JSON.
    pub passport: String,
    /// Grows whenever something about it changes.
    pub epoch: u64,
    /// When it was registered.
    pub created_at: UnixMillis,
    /// The leaf in the audit log that says so.
    pub leaf: LeafId,
}

/// One file of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionFile {
    /// Its path in the artifact.
    pub path: ArtifactPath,
    /// SHA-256 of its bytes.
    pub sha256: Sha256Digest,
    /// How many bytes.
    pub size: ByteCount,
    /// What its content was found to be.
    pub format: String,
    /// Where its sealed bytes are.
    pub blob: BlobName,
}

/// A registered version that another came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionParent {
    /// The version it came from.
    pub parent: VersionId,
    /// Code of what was done with it.
    pub activity: String,
    /// Whether this server saw it or somebody said so.
    pub standing: Standing,
}
