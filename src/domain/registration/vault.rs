//! The vault: sealed files and the keys that open them. A file's key is wrapped under its tenant's, that one under the root
//! key; what a key is for is bound to its wrapped form, so a row moved to another blob or tenant opens nothing.

use std::sync::Arc;

use chancery_base::{
    crypto::{self, FileKey, RootKeys, WrapContext, WrappedKey},
    db::{self, AnyConnection, Database},
    intake::{BlobOpener, OpenBlobError, StoredBlob, open_blob},
    problem::{Problem, ProblemKind},
    store::{BlobName, BlobStore, StoreError},
    values::{Entropy, PartyId, UnixMillis},
};

use crate::{
    artifacts::{self, Blob},
    parties,
};

/// The blob store and the key at the top.
#[derive(Clone)]
pub struct Vault {
    /// Where sealed files are.
    pub store: Arc<dyn BlobStore>,
    /// What tenants' keys are wrapped under.
    pub roots: Arc<RootKeys>,
}

impl Vault {
    /// The key that new blobs of `party` are wrapped under.
    pub(crate) fn current_key(
        &self,
        connection: &mut AnyConnection,
        party: PartyId,
    ) -> Result<crypto::TenantKey, Problem> {
        parties::sealing_key(connection, party, &self.roots)
    }

    /// The row of a blob that was just stored.
    pub(crate) fn row(
        &self,
        stored: &StoredBlob,
        tenant: PartyId,
        key: &crypto::TenantKey,
        entropy: &dyn Entropy,
        now: UnixMillis,
    ) -> Blob {
        let mut blob = Blob {
            name: stored.name,
            tenant,
            sha256: stored.digest,
            size: stored.length,
            envelope: Vec::new(),
            created_at: now,
            destroyed_at: None,
        };
        blob.envelope = key.wrap(&stored.key, &context(&blob), entropy).as_bytes().to_vec();
        blob
    }

    /// Opens a blob for reading. What was tampered with at its end, or cut, is refused here, the rest as it is read.
    pub(crate) fn open(&self, database: &Database, name: BlobName) -> Result<BlobOpener, Unopened> {
        let key = database.read(|connection| {
            let blob = artifacts::find_blob(connection, name)?.ok_or(Unopened::Missing)?;
            match self.file_key(connection, &blob) {
                // Tenants' keys may have been replaced between one row and the other.
                Err(Unopened::Tampered(cause)) => match artifacts::find_blob(connection, name)? {
                    Some(now) if now.envelope != blob.envelope => self.file_key(connection, &now),
                    _ => Err(Unopened::Tampered(cause)),
                },
                opened => opened,
            }
        })?;
        open_blob(&*self.store, name, &key).map_err(|error| match error {
            OpenBlobError::Store(StoreError::Absent { .. }) => Unopened::Missing,
            OpenBlobError::Store(error) => Unopened::Failed(Problem::internal(error)),
            OpenBlobError::Seal(error) => Unopened::tampered(&error),
        })
    }

    /// The key a blob is sealed under.
    fn file_key(&self, connection: &mut AnyConnection, blob: &Blob) -> Result<FileKey, Unopened> {
        if blob.destroyed_at.is_some() {
            return Err(Unopened::Failed(destroyed()));
        }
        let wrapped = WrappedKey::from_bytes(blob.envelope.clone());
        let version = wrapped.version().map_err(|error| Unopened::tampered(&error))?;
        let key = parties::tenant_key(connection, blob.tenant, version.0)?;
        let key = key.ok_or_else(|| Unopened::tampered(&format_args!("the tenant has no key of version {version}")))?;
        key.open(&self.roots)?.unwrap(&wrapped, &context(blob)).map_err(|error| Unopened::tampered(&error))
    }

    /// Removes the files of blobs that no row names any more. One that stays behind is an orphan until it is swept.
    pub(crate) fn remove(&self, names: &[BlobName]) {
        for name in names {
            match self.store.delete(*name) {
                Ok(()) | Err(StoreError::Absent { .. }) => {}
                Err(error) => {
                    tracing::warn!(blob.name = %name, error.cause = %error, "a forgotten blob could not be removed")
                }
            }
        }
    }
}

/// Why a blob cannot be read.
pub(crate) enum Unopened {
    /// It has no row or no file.
    Missing,
    /// Its sealed bytes, or what the row says opens them, were changed, moved or cut; how that shows.
    Tampered(String),
    /// Nothing was found out about it.
    Failed(Problem),
}

impl Unopened {
    fn tampered(cause: &dyn std::fmt::Display) -> Self {
        Self::Tampered(cause.to_string())
    }
}

impl From<db::Error> for Unopened {
    fn from(error: db::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Problem> for Unopened {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

/// What a file key opens; versions that share a file of one tenant share its blob.
pub(crate) fn context(blob: &Blob) -> WrapContext {
    WrapContext { tenant: blob.tenant, subject: format!("blob_{}", blob.name), digest: blob.sha256, length: blob.size }
}

/// What whoever asks for what was destroyed is told.
pub(super) fn destroyed() -> Problem {
    let detail = "the keys of this version were destroyed by its owner, so its files cannot be read by anybody; its papers remain";
    Problem::new(ProblemKind::Destroyed, detail)
}

/// What an uploader is told when the store fails.
pub(crate) fn store_problem(error: &StoreError) -> Problem {
    match error {
        StoreError::Full => Problem::new(
            ProblemKind::StorageFull,
            "the server has no room for this file, so nothing was kept; tell the operator, then send it again",
        ),
        other => Problem::internal(other),
    }
}
