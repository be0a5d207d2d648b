//! Key-encryption keys of tenants, as stored: wrapped under the root key, which is not in the database.

use chancery_base::values::{PartyId, UnixMillis};

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
