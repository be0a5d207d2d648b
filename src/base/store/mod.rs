//! The blob store: durable, nameless bytes.
//!
//! A blob is written once, under a random name of the server's making, and is there either whole or not at all. What it
//! means, whose it is and how it is sealed is known elsewhere; nothing a user wrote becomes part of a path.

mod direct;
mod local;
mod name;

use std::io;

pub use local::LocalStore;
pub use name::BlobName;

use crate::values::{ByteCount, UnixMillis};

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room, or the quota of the file system is used up. Nothing was kept; the same call may succeed later.
    #[error("the blob store is full; free space or enlarge it, then upload again")]
    Full,
    /// There is no such blob.
    #[error("blob {name} is not in the store; restore it from a backup")]
    Absent {
        /// The name asked for.
        name: BlobName,
    },
    /// A blob or an unfinished blob of this name is there already; names are drawn at random, so this is a mistake.
    #[error("blob {name} is in the store already; draw another name")]
    Exists {
        /// The name asked for.
        name: BlobName,
    },
    /// The storage failed. After a failed write or sync it is unknown what reached the disk, so the blob being written is
    /// lost: an operating system reports such a failure once, and a repeated sync would succeed without the bytes.
    #[error("the blob store failed; see the cause")]
    Failed(#[source] io::Error),
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => Self::Full,
            _ => Self::Failed(error),
        }
    }
}

/// A place for blobs.
///
/// Contract, which every implementation and its tests hold to:
/// - **Durability.** Once [`BlobWriter::finish`] has returned, the bytes and the name survive a loss of power. Before, the
///   blob cannot be opened, and after a crash it is gone but for what [`sweep`](Self::sweep) removes. Once
///   [`delete`](Self::delete) has returned, the name does not come back.
/// - **Concurrency.** All methods may be called from any thread. A blob never changes. A reader opened before a
///   deletion reads on to the end.
/// - **Errors** are those of [`StoreError`], and after any of them the store itself can still be used.
pub trait BlobStore: Send + Sync {
    /// Starts a blob that will be called `name`.
    ///
    /// # Errors
    /// [`StoreError::Exists`], [`StoreError::Full`], [`StoreError::Failed`].
    fn begin(&self, name: BlobName) -> Result<Box<dyn BlobWriter>, StoreError>;

    /// Opens a finished blob.
    ///
    /// # Errors
    /// [`StoreError::Absent`], [`StoreError::Failed`].
    fn open(&self, name: BlobName) -> Result<Box<dyn BlobReader>, StoreError>;

    /// Removes a finished blob. Bytes may remain on the medium; what must not be read again is sealed, and its key destroyed.
    ///
    /// # Errors
    /// [`StoreError::Absent`], [`StoreError::Failed`].
    fn delete(&self, name: BlobName) -> Result<(), StoreError>;

    /// Names of all finished blobs, in order; for finding those that no record refers to.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    fn names(&self) -> Result<Vec<BlobName>, StoreError>;

    /// Removes what writers that never finished left behind and last touched before `older_than`; returns how many.
    /// A writer still at work must have been active since then.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    fn sweep(&self, older_than: UnixMillis) -> Result<usize, StoreError>;
}

/// A blob being written; dropping it before it is finished removes what was written.
pub trait BlobWriter: Send {
    /// Appends `bytes`. An error spoils the blob: every later call fails.
    ///
    /// # Errors
    /// [`StoreError::Full`], [`StoreError::Failed`].
    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError>;

    /// Makes the blob durable and visible, in that order, and returns its length.
    ///
    /// # Errors
    /// [`StoreError::Full`], [`StoreError::Failed`]; the blob is then gone.
    fn finish(self: Box<Self>) -> Result<ByteCount, StoreError>;
}

/// A finished blob, readable at any position from several threads.
pub trait BlobReader: Send + Sync {
    /// Bytes in the blob.
    fn length(&self) -> ByteCount;

    /// Fills `buffer` with the bytes from `offset` on.
    ///
    /// # Errors
    /// `UnexpectedEof` where there are fewer, and those of the operating system.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
}
