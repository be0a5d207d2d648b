//! SHA-256 digests (FIPS 180-4) of plaintext bytes, flat, so that any tool can recompute them.

use std::{
    fmt,
    io::{self, Read},
    str::FromStr,
};

use serde::{Deserialize, Serialize};

use super::{ByteCount, Invalid, decode_hex, encode_hex};

/// Bytes of a stream that are hashed at a time; a few of them keep the disk and the hash busy.
const BUFFER_BYTES: usize = 1 << 20;

/// The SHA-256 of some bytes; written as 64 lower-case hexadecimal digits.
///
/// ```
/// use chancery_base::values::Sha256Digest;
/// let digest: Sha256Digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".parse()?;
/// assert_eq!(digest, Sha256Digest::of(b""));
/// # Ok::<(), chancery_base::values::Invalid>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256Digest([u8; Self::LENGTH]);

impl Sha256Digest {
    /// Length in bytes.
    pub const LENGTH: usize = 32;

    /// Hashes `bytes` in one go.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest;
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Hashes several byte strings, each preceded by its length, so that no two lists share a digest.
    #[must_use]
    pub fn of_parts<'part>(parts: impl IntoIterator<Item = &'part [u8]>) -> Self {
        use sha2::Digest;
        let mut hasher = sha2::Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// Hashes everything `source` gives, and answers how much that was. What passed through is wiped from memory.
    ///
    /// # Errors
    /// Those of `source`.
    pub fn of_stream(mut source: impl Read) -> io::Result<(Self, ByteCount)> {
        use sha2::Digest;
        let mut hasher = sha2::Sha256::new();
        let mut buffer = zeroize::Zeroizing::new(vec![0; BUFFER_BYTES]);
        let mut length = 0;
        loop {
            let read = match source.read(&mut buffer) {
                Ok(0) => return Ok((Self(hasher.finalize().into()), ByteCount(length))),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            hasher.update(buffer.get(..read).unwrap_or_default());
            length += u64::try_from(read).unwrap_or_default();
        }
    }

    /// Takes an already computed digest.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// The 32 raw bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl fmt::Display for Sha256Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&encode_hex(&self.0))
    }
}

impl fmt::Debug for Sha256Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "sha256:{self}")
    }
}

impl FromStr for Sha256Digest {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refused = || Invalid::new(text, "a SHA-256 digest (64 lower-case hexadecimal digits)");
        let bytes = decode_hex(text).ok_or_else(refused)?;
        bytes.try_into().map(Self).map_err(|_| refused())
    }
}

impl TryFrom<String> for Sha256Digest {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Sha256Digest> for String {
    fn from(digest: Sha256Digest) -> Self {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_only() {
        let text = Sha256Digest::of(b"abc").to_string();
        assert_eq!(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(text.to_uppercase().parse::<Sha256Digest>().is_err());
        assert!(text.trim_end_matches('d').parse::<Sha256Digest>().is_err());
        assert!(format!("sha256:{text}").parse::<Sha256Digest>().is_err());
    }

    #[test]
    fn streams_have_the_digest_of_their_bytes() {
        for length in [0, 1, BUFFER_BYTES - 1, BUFFER_BYTES, BUFFER_BYTES + 1] {
            let bytes = vec![7; length];
            let expected = (Sha256Digest::of(&bytes), ByteCount(length as u64));
            assert_eq!(Sha256Digest::of_stream(bytes.as_slice()).unwrap(), expected, "{length}");
        }
    }
}
