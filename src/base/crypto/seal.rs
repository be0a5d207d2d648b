//! The payload of age v1 (C2SP `age.md`, "Payload"): how plaintext becomes sealed bytes, chunk by chunk.
//!
//! A sealed blob is a 16-byte nonce and then chunks of 64 KiB of plaintext, each followed by its 16-byte tag. Chunks are
//! ChaCha20-Poly1305 (RFC 8439) under `HKDF-SHA-256(file key, salt = nonce, info = "payload")`; a chunk's nonce is its number
//! (11 bytes, big endian) and a byte that is 1 for the last chunk. So chunks can be neither changed, moved, repeated nor
//! cut off, and any of them can be opened alone. Put behind an age header, the same bytes open with stock `age`.
//!
//! The cipher does not commit to its key: whoever holds two keys can make one blob that opens under both. Where that
//! matters, the plaintext's SHA-256 is checked after opening.

use std::fmt;

use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit, Tag, aead::inout::InOutBuf};
use hkdf::Hkdf;
use sha2::Sha256;

use super::Secret;
use crate::values::{ByteCount, Entropy};

/// Plaintext bytes in every chunk but the last.
pub const CHUNK_LENGTH: usize = 64 << 10;
/// Bytes a chunk grows by.
pub const TAG_LENGTH: usize = 16;
/// Bytes before the first chunk.
pub const NONCE_LENGTH: usize = 16;
/// Sealed bytes in every chunk but the last.
pub(super) const SEALED_CHUNK_LENGTH: usize = CHUNK_LENGTH + TAG_LENGTH;

/// Why sealed bytes cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Changed, moved, cut or sealed under another key: the cipher does not tell which.
    #[error("chunk {index} of the sealed blob does not open; it was changed, moved or cut, or the key is another")]
    Tampered {
        /// The chunk, counted from zero.
        index: u64,
    },
    /// No plaintext seals to this many bytes.
    #[error("{length} bytes cannot be a whole sealed blob; it was cut or appended to")]
    ImpossibleLength {
        /// Bytes found.
        length: u64,
    },
    /// A range beyond the end of the plaintext.
    #[error("bytes {start} to {end} were asked for where the plaintext has {length}; ask for less")]
    OutOfRange {
        /// First byte asked for.
        start: u64,
        /// Byte after the last asked for.
        end: u64,
        /// Bytes there are.
        length: u64,
    },
    /// The place the bytes are kept in failed.
    #[error("the sealed blob cannot be read or written; see the cause")]
    Storage(#[from] std::io::Error),
}

/// The 16 random bytes one blob is sealed under; never used for a second plaintext.
#[derive(PartialEq, Eq)]
pub struct FileKey(Secret<{ Self::LENGTH }>);

impl FileKey {
    /// Length in bytes.
    pub const LENGTH: usize = 16;

    /// Draws a key for a new blob.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(Secret::generate(entropy))
    }

    pub(super) fn copy_from(bytes: &[u8]) -> Option<Self> {
        Secret::copy_from(bytes).map(Self)
    }

    pub(super) const fn expose(&self) -> &[u8; Self::LENGTH] {
        self.0.expose()
    }

    /// Derives 32 bytes for one use of this key.
    pub(super) fn derive(&self, salt: Option<&[u8]>, info: &[u8]) -> Secret<32> {
        derive_key(self.0.expose(), salt, info)
    }
}

impl fmt::Debug for FileKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FileKey")
    }
}

/// HKDF-SHA-256 (RFC 5869) with 32 bytes of output.
#[expect(clippy::expect_used, reason = "HKDF only refuses outputs beyond 255 blocks")]
pub(super) fn derive_key(input: &[u8], salt: Option<&[u8]>, info: &[u8]) -> Secret<32> {
    let extracted = Hkdf::<Sha256>::new(salt, input);
    Secret::filled(|output| extracted.expand(info, output).expect("32 bytes are one block"))
}

/// The public random bytes a blob begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayloadNonce([u8; NONCE_LENGTH]);

impl PayloadNonce {
    /// Draws a nonce for a new blob.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; NONCE_LENGTH];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// Takes the first bytes of a blob.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; NONCE_LENGTH]) -> Self {
        Self(bytes)
    }

    /// The bytes a blob begins with.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; NONCE_LENGTH] {
        &self.0
    }
}

/// Bytes that `plain` bytes take when sealed; held at the end of the range.
#[must_use]
pub const fn sealed_length(plain: ByteCount) -> ByteCount {
    let tags = chunk_count(plain).saturating_mul(TAG_LENGTH as u64);
    ByteCount(plain.0.saturating_add(tags).saturating_add(NONCE_LENGTH as u64))
}

/// Bytes of plaintext in `sealed` bytes.
///
/// # Errors
/// [`SealError::ImpossibleLength`].
pub fn plain_length(sealed: ByteCount) -> Result<ByteCount, SealError> {
    let impossible = SealError::ImpossibleLength { length: sealed.0 };
    let Some(body) = sealed.0.checked_sub(NONCE_LENGTH as u64) else { return Err(impossible) };
    let chunks = body.div_ceil(SEALED_CHUNK_LENGTH as u64).max(1);
    let plain = chunks.checked_mul(TAG_LENGTH as u64).and_then(|tags| body.checked_sub(tags)).map(ByteCount);
    plain.filter(|plain| sealed_length(*plain) == sealed).ok_or(impossible)
}

/// Chunks of `plain` bytes; an empty plaintext has one empty chunk.
pub(super) const fn chunk_count(plain: ByteCount) -> u64 {
    match plain.0.div_ceil(CHUNK_LENGTH as u64) {
        0 => 1,
        count => count,
    }
}

/// Seals and opens single chunks of one blob.
pub(super) struct ChunkCipher(ChaCha20Poly1305);

impl ChunkCipher {
    pub(super) fn new(key: &FileKey, nonce: &PayloadNonce) -> Self {
        let payload_key = key.derive(Some(nonce.as_bytes()), b"payload");
        Self(ChaCha20Poly1305::new(payload_key.expose().into()))
    }

    /// Encrypts `plain` where it lies and writes the tag.
    #[expect(clippy::expect_used, reason = "the cipher only refuses messages beyond 256 GiB")]
    pub(super) fn seal(&self, index: u64, last: bool, plain: &mut [u8], tag: &mut [u8; TAG_LENGTH]) {
        let sealed = self.0.encrypt_inout_detached(&chunk_nonce(index, last).into(), &[], plain.into());
        *tag = sealed.expect("a chunk has 64 KiB").into();
    }

    /// Decrypts a sealed chunk into `plain`, which is as long as the chunk without its tag and is untouched on failure.
    pub(super) fn open(&self, index: u64, last: bool, sealed: &[u8], plain: &mut [u8]) -> Result<(), SealError> {
        let tampered = SealError::Tampered { index };
        let Some((body, tag)) = sealed.split_last_chunk::<TAG_LENGTH>() else { return Err(tampered) };
        let Ok(buffer) = InOutBuf::new(body, plain) else { return Err(tampered) };
        let nonce = chunk_nonce(index, last);
        self.0.decrypt_inout_detached(&nonce.into(), &[], buffer, &Tag::from(*tag)).map_err(|_| tampered)
    }
}

/// The number in eleven bytes, of which a count of chunks fills eight, and whether it is the last.
fn chunk_nonce(index: u64, last: bool) -> [u8; 12] {
    (u128::from(index) << 8 | u128::from(last)).to_be_bytes().last_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nonces_are_the_counter_and_the_flag() {
        assert_eq!(chunk_nonce(0, false), [0; 12]);
        assert_eq!(chunk_nonce(0x0102, true), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 1]);
        assert_eq!(chunk_nonce(u64::MAX, false), [0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0]);
    }

    #[test]
    fn lengths_at_the_edges() {
        for (plain, sealed) in [(0, 32), (1, 33), (65_536, 65_568), (65_537, 65_585), (131_072, 131_120)] {
            assert_eq!(sealed_length(ByteCount(plain)), ByteCount(sealed));
            assert_eq!(plain_length(ByteCount(sealed)).unwrap(), ByteCount(plain));
        }
        for impossible in [0, 16, 31, 65_569, 65_584, 131_136] {
            assert!(plain_length(ByteCount(impossible)).is_err(), "{impossible}");
        }
    }

    proptest! {
        #[test]
        fn lengths_are_inverse(plain in 0_u64..1 << 50) {
            let sealed = sealed_length(ByteCount(plain));
            prop_assert_eq!(plain_length(sealed).unwrap(), ByteCount(plain));
        }
    }
}
