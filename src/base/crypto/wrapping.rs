//! Wrapping one key under another: XChaCha20-Poly1305 with a random 24-byte nonce.
//!
//! A wrapped key is: format (1 byte, always 1), version of the wrapping key (4 bytes, big endian), nonce (24), the key
//! encrypted, tag (16). Bound as associated data are format, version and what the key is for, each field with its length
//! before it.

use std::fmt;

use chacha20poly1305::{AeadInOut, KeyInit, Tag, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Secret;
use crate::values::Entropy;

const FORMAT: u8 = 1;
const VERSION_LENGTH: usize = 4;
const NONCE_LENGTH: usize = 24;
const TAG_LENGTH: usize = 16;
const HEADER_LENGTH: usize = 1 + VERSION_LENGTH;

/// Why a wrapped key does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeKeyError {
    /// Too short, or of a format this program does not know.
    #[error("the bytes are not a wrapped key of a known format; restore them from a backup")]
    Malformed,
    /// Wrapped by another version of the key.
    #[error("the key was wrapped by version {found} of its parent, not by version {given}; use that version")]
    OtherVersion {
        /// Version written in the wrapped key.
        found: KeyVersion,
        /// Version of the key tried.
        given: KeyVersion,
    },
    /// Changed, moved to another place, or wrapped by another key.
    #[error("the wrapped key does not open here; it was changed, or belongs to another tenant, artifact or blob")]
    Refused,
}

/// Which of a key's successive versions; later ones are larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyVersion(pub u32);

impl fmt::Display for KeyVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A wrapped key as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey(pub(super) Vec<u8>);

impl WrappedKey {
    /// Takes stored bytes; they are judged when unwrapped.
    #[must_use]
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The version of the wrapping key, so that the right one can be fetched.
    ///
    /// # Errors
    /// [`EnvelopeKeyError::Malformed`].
    pub fn version(&self) -> Result<KeyVersion, EnvelopeKeyError> {
        let (format, rest) = self.0.split_first().ok_or(EnvelopeKeyError::Malformed)?;
        let version = rest.first_chunk::<VERSION_LENGTH>().filter(|_| *format == FORMAT);
        version.map(|bytes| KeyVersion(u32::from_be_bytes(*bytes))).ok_or(EnvelopeKeyError::Malformed)
    }
}

/// What root and tenant keys have in common.
pub(super) struct WrappingKey {
    pub(super) version: KeyVersion,
    pub(super) secret: Secret<32>,
}

impl WrappingKey {
    #[expect(clippy::expect_used, reason = "the cipher only refuses messages beyond 256 GiB")]
    pub(super) fn wrap(&self, key: &[u8], fields: &[Vec<u8>], entropy: &dyn Entropy) -> WrappedKey {
        let mut nonce = [0; NONCE_LENGTH];
        entropy.fill(&mut nonce);
        let header = header(self.version);
        let mut body = Zeroizing::new(key.to_vec());
        let data = associated_data(&header, fields);
        let tag = self.cipher().encrypt_inout_detached(&XNonce::from(nonce), &data, body.as_mut_slice().into());
        WrappedKey([&header[..], &nonce, &body, &tag.expect("a key is short")].concat())
    }

    pub(super) fn unwrap(
        &self,
        wrapped: &WrappedKey,
        fields: &[Vec<u8>],
    ) -> Result<Zeroizing<Vec<u8>>, EnvelopeKeyError> {
        let (found, given) = (wrapped.version()?, self.version);
        if found != given {
            return Err(EnvelopeKeyError::OtherVersion { found, given });
        }
        let rest = wrapped.0.get(HEADER_LENGTH..).ok_or(EnvelopeKeyError::Malformed)?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE_LENGTH>().ok_or(EnvelopeKeyError::Malformed)?;
        let (body, tag) = rest.split_last_chunk::<TAG_LENGTH>().ok_or(EnvelopeKeyError::Malformed)?;
        let mut key = Zeroizing::new(body.to_vec());
        let data = associated_data(&header(found), fields);
        self.cipher()
            .decrypt_inout_detached(&XNonce::from(*nonce), &data, key.as_mut_slice().into(), &Tag::from(*tag))
            .map_err(|_| EnvelopeKeyError::Refused)?;
        Ok(key)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.secret.expose().into())
    }
}

fn header(version: KeyVersion) -> [u8; HEADER_LENGTH] {
    let [a, b, c, d] = version.0.to_be_bytes();
    [FORMAT, a, b, c, d]
}

/// The header and each field, each after its length in eight bytes, so that no two lists of fields are the same bytes.
fn associated_data(header: &[u8], fields: &[Vec<u8>]) -> Vec<u8> {
    let all = std::iter::once(header).chain(fields.iter().map(Vec::as_slice));
    all.flat_map(|field| (field.len() as u64).to_be_bytes().into_iter().chain(field.iter().copied())).collect()
}
