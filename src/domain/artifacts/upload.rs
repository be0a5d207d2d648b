//! Uploads on their way in, and the blobs that hold sealed bytes.

use chancery_base::{
    store::BlobName,
    values::{ByteCount, ModelName, PartyId, Sha256Digest, SigningKeyId, UnixMillis, UploadId, VersionId},
};

/// An upload session: a signed statement was accepted, its files are coming.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its identity.
    pub id: UploadId,
    /// Who uploads; the only party that can see the session.
    pub party: PartyId,
    /// The model it becomes a version of.
    pub model: ModelName,
    /// SHA-256 of the signed statement.
    pub manifest_digest: Sha256Digest,
    /// The DSSE envelope, as it came.
    pub signed_manifest: String,
    /// The key that signed it.
    pub signing_key: SigningKeyId,
    /// When the statement was accepted.
    pub created_at: UnixMillis,
    /// From when on it can be swept away, unless committed.
    pub expires_at: UnixMillis,
    /// The version it became.
    pub version: Option<VersionId>,
}

/// A file of an upload whose bytes are held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadFile {
    /// SHA-256 of its bytes, as announced and as found.
    pub sha256: Sha256Digest,
    /// Where its sealed bytes are.
    pub blob: BlobName,
    /// Whether they arrived with this upload, as opposed to having been here before.
    pub is_received: bool,
}

/// One sealed file in the store, and what opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Its name in the store, which nothing tells from.
    pub name: BlobName,
    /// Under whose key it is sealed.
    pub tenant: PartyId,
    /// SHA-256 of the plaintext.
    pub sha256: Sha256Digest,
    /// Length of the plaintext.
    pub size: ByteCount,
    /// The blob's key, wrapped under the tenant's.
    pub envelope: Vec<u8>,
    /// When its bytes arrived.
    pub created_at: UnixMillis,
    /// When its key was destroyed, and its bytes with it.
    pub destroyed_at: Option<UnixMillis>,
}
