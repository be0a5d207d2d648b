//! Taking in an artifact: hashed, sealed and stored in one pass, whatever its size, in a few megabytes of memory.
//!
//! ```text
//! push ──1 MiB──▶ hash thread ──▶ seal thread ──▶ temporary blob ──▶ sync, rename
//!   ▲                                  │
//!   └────────── empty buffers ─────────┘
//! ```
//!
//! A few buffers go round, so a slow disk slows the sender down and nothing piles up. Each byte is copied once, into a
//! buffer with gaps for the tags, and is hashed, encrypted and written where it lies. Nothing becomes visible unless digest
//! and length are those announced; on any failure, and when an [`Intake`] is dropped, everything is removed. The plaintext
//! never touches the disk.

mod opening;
mod pipeline;
#[cfg(test)]
mod tests;

use std::io::{self, Read};

use pipeline::Pipeline;

pub use opening::{BlobOpener, OpenBlobError, open_blob};

use crate::{
    crypto::{ChunkBuffer, FileKey, PayloadNonce, Position},
    store::{BlobName, BlobStore, StoreError},
    values::{ByteCount, Entropy, Sha256Digest},
};

/// Why nothing was taken in.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// Other bytes than announced.
    #[error("the bytes hash to {found} where {announced} was announced; send the file that was signed")]
    DigestMismatch {
        /// Digest announced.
        announced: Sha256Digest,
        /// Digest of what came.
        found: Sha256Digest,
    },
    /// The sender stopped early.
    #[error("{found} bytes came where {announced} were announced; send the file again from its start")]
    TooShort {
        /// Length announced.
        announced: u64,
        /// Bytes that came.
        found: u64,
    },
    /// The sender went on.
    #[error("more came than the {allowed} bytes announced or allowed; send the file that was signed")]
    TooLong {
        /// Bytes announced, or the most that are allowed.
        allowed: u64,
    },
    /// The store failed, or is full.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The sender's own source of bytes failed.
    #[error("the bytes cannot be read; see the cause")]
    Source(#[source] io::Error),
    /// A thread of ours could not start, or stopped without saying why.
    #[error("the intake stopped unexpectedly; send the file again")]
    Stopped,
}

/// What is known of the bytes before they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectation {
    /// Digest and length were announced, and signed.
    Announced {
        /// SHA-256 of all bytes.
        digest: Sha256Digest,
        /// Their number.
        length: ByteCount,
    },
    /// This server makes the bytes; they are measured as they come, and must not be more than this.
    AtMost(ByteCount),
}

impl Expectation {
    const fn allowed(&self) -> u64 {
        match self {
            Self::Announced { length, .. } | Self::AtMost(length) => length.0,
        }
    }

    fn check(self, found: Sha256Digest, received: u64) -> Result<(), IntakeError> {
        match self {
            Self::Announced { length, .. } if received < length.0 => {
                Err(IntakeError::TooShort { announced: length.0, found: received })
            }
            Self::Announced { digest: announced, .. } if found != announced => {
                Err(IntakeError::DigestMismatch { announced, found })
            }
            _ => Ok(()),
        }
    }
}

/// A blob that is durable and holds exactly what was expected; no record refers to it yet.
#[derive(Debug)]
pub struct StoredBlob {
    /// Its name in the store.
    pub name: BlobName,
    /// The key it is sealed under, to be wrapped and then forgotten.
    pub key: FileKey,
    /// SHA-256 of the plaintext.
    pub digest: Sha256Digest,
    /// Bytes of plaintext.
    pub length: ByteCount,
    /// Bytes in the store.
    pub sealed_length: ByteCount,
}

/// An artifact that is coming in.
///
/// It may be moved between threads. [`push`](Self::push) waits while the pipeline is busy, so it belongs where blocking is
/// allowed; [`try_push`](Self::try_push) never waits. Dropping it removes everything, after the few megabytes under way.
pub struct Intake {
    pipeline: Pipeline,
    buffer: Option<ChunkBuffer>,
    expectation: Expectation,
    received: u64,
    name: BlobName,
    key: FileKey,
}

impl Intake {
    /// Starts taking in a blob under a new name and a new key.
    ///
    /// # Errors
    /// [`IntakeError::Store`], [`IntakeError::Stopped`].
    pub fn start(store: &dyn BlobStore, entropy: &dyn Entropy, expectation: Expectation) -> Result<Self, IntakeError> {
        let (name, key) = (BlobName::generate(entropy), FileKey::generate(entropy));
        let pipeline = Pipeline::start(store.begin(name)?, &key, PayloadNonce::generate(entropy))?;
        Ok(Self { pipeline, buffer: None, expectation, received: 0, name, key })
    }

    /// Takes all of `bytes`, waiting for room where there is none.
    ///
    /// # Errors
    /// [`IntakeError::TooLong`] before any of `bytes` is taken, [`IntakeError::Store`] and [`IntakeError::Stopped`]; the
    /// intake is then of no more use.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), IntakeError> {
        self.refuse_too_long(bytes)?;
        let mut left = bytes;
        while !left.is_empty() {
            self.hand_on_if_full()?;
            let buffer = match self.buffer.take() {
                Some(buffer) => buffer,
                None => self.pipeline.wait_for_buffer()?,
            };
            left = self.fill(buffer, left);
        }
        Ok(())
    }

    /// Takes as many of `bytes` as there is room for, without waiting, and returns how many that were.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn try_push(&mut self, bytes: &[u8]) -> Result<usize, IntakeError> {
        self.refuse_too_long(bytes)?;
        let mut left = bytes;
        while !left.is_empty() {
            self.hand_on_if_full()?;
            let buffer = match self.buffer.take() {
                Some(buffer) => Some(buffer),
                None => self.pipeline.free_buffer()?,
            };
            let Some(buffer) = buffer else { break };
            left = self.fill(buffer, left);
        }
        Ok(bytes.len() - left.len())
    }

    /// Checks digest and length, and makes the blob durable and visible in the store. Waits for the disk.
    ///
    /// # Errors
    /// [`IntakeError::TooShort`], [`IntakeError::DigestMismatch`], [`IntakeError::Store`] and [`IntakeError::Stopped`];
    /// nothing is left behind.
    pub fn finish(self) -> Result<StoredBlob, IntakeError> {
        let Self { mut pipeline, buffer, expectation, received, name, key } = self;
        let last = match buffer {
            Some(buffer) => buffer,
            None => pipeline.wait_for_buffer()?,
        };
        pipeline.hand_on(last, Position::Last)?;
        let (digest, writer) = pipeline.finish()?;
        expectation.check(digest, received)?;
        let sealed_length = writer.finish()?;
        Ok(StoredBlob { name, key, digest, length: ByteCount(received), sealed_length })
    }

    fn refuse_too_long(&self, bytes: &[u8]) -> Result<(), IntakeError> {
        let allowed = self.expectation.allowed();
        let would_be = self.received.saturating_add(bytes.len() as u64);
        if would_be > allowed { Err(IntakeError::TooLong { allowed }) } else { Ok(()) }
    }

    /// Sends a full buffer on; only called when more bytes follow it.
    fn hand_on_if_full(&mut self) -> Result<(), IntakeError> {
        match self.buffer.take_if(|buffer| buffer.is_full()) {
            Some(full) => self.pipeline.hand_on(full, Position::Inner),
            None => Ok(()),
        }
    }

    /// Moves bytes into `buffer`, keeps it, and returns those that did not fit.
    fn fill<'bytes>(&mut self, mut buffer: ChunkBuffer, bytes: &'bytes [u8]) -> &'bytes [u8] {
        let left = buffer.fill(bytes);
        self.buffer = Some(buffer);
        self.received += (bytes.len() - left.len()) as u64;
        left
    }
}

/// Takes in everything `source` has.
///
/// # Errors
/// Each of [`IntakeError`]; nothing is left behind.
pub fn take_in(
    store: &dyn BlobStore,
    entropy: &dyn Entropy,
    expectation: Expectation,
    source: &mut dyn Read,
) -> Result<StoredBlob, IntakeError> {
    /// Bytes read at a time: large enough for the cost of a call not to matter, small enough to stay in the cache.
    const READ_LENGTH: usize = 128 << 10;

    let mut intake = Intake::start(store, entropy, expectation)?;
    let mut bytes = zeroize::Zeroizing::new(vec![0; READ_LENGTH]);
    loop {
        match source.read(&mut bytes) {
            Ok(0) => return intake.finish(),
            Ok(count) => intake.push(bytes.get(..count).unwrap_or_default())?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(IntakeError::Source(error)),
        }
    }
}
