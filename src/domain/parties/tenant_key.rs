//! Key-encryption keys of tenants, as stored: wrapped under the root key, which is not in the database.

use chancery_base::{
    crypto::{self, KeyVersion, RootKeys, WrappedKey},
    db::{AnyConnection, Tx},
    problem::{Problem, ProblemKind},
    values::{PartyId, UnixMillis},
};

use super::rows;

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
    /// Errors: it was wrapped under none of `roots`, or the row was changed; a defect or an attack either way.
    pub fn open(&self, roots: &RootKeys) -> Result<crypto::TenantKey, Problem> {
        let wrapped = WrappedKey::from_bytes(self.wrapped.clone());
        roots.unwrap(&wrapped, self.party, KeyVersion(self.version)).map_err(Problem::internal)
    }
}

/// The key that whatever is new of `party` is sealed under.
///
/// Errors: those of [`TenantKey::open`] and the database.
pub fn sealing_key(
    connection: &mut AnyConnection,
    party: PartyId,
    roots: &RootKeys,
) -> Result<crypto::TenantKey, Problem> {
    let key = rows::current_tenant_key(connection, party)?;
    key.ok_or_else(|| Problem::internal(format_args!("party {party} has no tenant key")))?.open(roots)
}

/// Refuses to write what was sealed under a key that was replaced meanwhile.
///
/// Errors: it was; those of the database.
pub fn require_newest_key(tx: &mut Tx<'_>, party: PartyId, version: KeyVersion) -> Result<(), Problem> {
    if rows::hold_tenant_key(tx, party, version)? {
        return Ok(());
    }
    Err(Problem::new(ProblemKind::Conflict, "your organisation's keys were replaced at this moment; do it again"))
}
