//! The way back: a stored blob, opened into memory.

use std::io;

use crate::{
    crypto::{FileKey, Opener, ReadAt, SealError},
    store::{BlobName, BlobReader, BlobStore, StoreError},
};

/// A stored blob that can be read in plaintext at any position.
pub type BlobOpener = Opener<Box<dyn BlobReader>>;

/// Why a stored blob cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum OpenBlobError {
    /// It is not there, or the store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its bytes are not what was sealed under this key.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Opens the blob `name`, sealed under `key`; its end is authenticated at once, the rest as it is read.
///
/// # Errors
/// Each of [`OpenBlobError`].
pub fn open_blob(store: &dyn BlobStore, name: BlobName, key: &FileKey) -> Result<BlobOpener, OpenBlobError> {
    let reader = store.open(name)?;
    let sealed_length = reader.length();
    Ok(Opener::new(key, reader, sealed_length)?)
}

impl ReadAt for Box<dyn BlobReader> {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        (**self).read_exact_at(buffer, offset)
    }
}
