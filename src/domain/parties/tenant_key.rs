//! Key-encryption keys of tenants, as stored: wrapped under the root key, which is not in the database.

use chancery_base::{
    crypto::{self, KeyVersion, RootKey, WrappedKey},
    problem::Problem,
    values::{PartyId, UnixMillis},
};

/// One version of a tenant's key-encryption key, wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantKey {
    /// Whose blobs it protects.
    pub party: PartyId,
    /// Counts from one; the highest wraps new blobs.
    pub version: u32,
    /// The key as the root key wrapped it.
    pub wrapped: Vec<u8>,
    /// When it was made.
    pub created_at: UnixMillis,
}

impl TenantKey {
    /// The key itself.
    ///
    /// Errors: `root` is not what it was wrapped under, or the row was changed; a defect or an attack either way.
    pub fn open(&self, root: &RootKey) -> Result<crypto::TenantKey, Problem> {
        let wrapped = WrappedKey::from_bytes(self.wrapped.clone());
        root.unwrap(&wrapped, self.party, KeyVersion(self.version)).map_err(Problem::internal)
    }
}
