//! Commitments: a public log says that something was recorded without saying what.
//!
//! A commitment is HMAC-SHA-256 (RFC 2104) over the message under 32 random bytes. It hides the message from whoever lacks
//! the key, and binds its maker: since every key has the same length, two openings of one commitment would be a collision
//! of SHA-256. The opening (key and message) goes to entitled parties only; destroying it erases what was said and leaves
//! the log whole.

use std::{fmt, str::FromStr};

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::Secret;
use crate::values::{Entropy, Invalid, decode_hex, encode_hex};

/// Length of SHA-256's block in bytes (FIPS 180-4).
const BLOCK_LENGTH: usize = 64;

/// The secret half of an opening; a fresh one for every commitment.
#[derive(PartialEq, Eq)]
pub struct CommitmentKey(Secret<32>);

impl CommitmentKey {
    /// Length in bytes.
    pub const LENGTH: usize = 32;

    /// Draws a new key.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(Secret::generate(entropy))
    }

    /// Copies a stored key; `None` unless it has 32 bytes.
    #[must_use]
    pub fn copy_from(bytes: &[u8]) -> Option<Self> {
        Secret::copy_from(bytes).map(Self)
    }

    /// Commits to `message`.
    #[must_use]
    pub fn commit(&self, message: &[u8]) -> Commitment {
        // HMAC fills a key up to the hash's block with zeros, so this is the MAC under the 32 bytes themselves.
        let block =
            Secret::<BLOCK_LENGTH>::filled(|block| block.split_at_mut(Self::LENGTH).0.copy_from_slice(self.0.expose()));
        let mac = Hmac::<Sha256>::new(block.expose().into());
        Commitment(mac.chain_update(message).finalize().into_bytes().into())
    }

    /// The bytes, to be stored beside the message or handed to an entitled party.
    #[must_use]
    pub const fn expose(&self) -> &[u8; Self::LENGTH] {
        self.0.expose()
    }

    /// The key as 64 hexadecimal digits, for an opening that is handed out.
    #[must_use]
    pub fn expose_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(encode_hex(self.0.expose()))
    }
}

impl FromStr for CommitmentKey {
    type Err = Invalid;

    /// Reads 64 hexadecimal digits; a refusal does not repeat them.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bytes = decode_hex(text).map(Zeroizing::new);
        let refused = || Invalid::new("(hidden)", "the key of a commitment (64 lower-case hexadecimal digits)");
        bytes.and_then(|bytes| Self::copy_from(&bytes)).ok_or_else(refused)
    }
}

impl fmt::Debug for CommitmentKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CommitmentKey")
    }
}

/// The public half: 32 bytes, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Commitment([u8; Self::LENGTH]);

impl Commitment {
    /// Length in bytes.
    pub const LENGTH: usize = 32;

    /// Takes the bytes as stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// Whether `key` and `message` open this commitment; takes the same time whatever the answer.
    #[must_use]
    pub fn opens_with(&self, key: &CommitmentKey, message: &[u8]) -> bool {
        self.0.ct_eq(&key.commit(message).0).into()
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&encode_hex(&self.0))
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "commitment:{self}")
    }
}

impl FromStr for Commitment {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bytes = decode_hex(text).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| Invalid::new(text, "a commitment (64 lower-case hexadecimal digits)"))
    }
}

impl TryFrom<String> for Commitment {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Commitment> for String {
    fn from(commitment: Commitment) -> Self {
        commitment.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Counting;

    #[test]
    fn only_its_own_opening_opens_it() {
        let entropy = Counting::default();
        let (key, other) = (CommitmentKey::generate(&entropy), CommitmentKey::generate(&entropy));
        let commitment = key.commit(b"message");
        assert!(commitment.opens_with(&key, b"message"));
        assert!(!commitment.opens_with(&key, b"massage"));
        assert!(!commitment.opens_with(&other, b"message"));
    }

    #[test]
    fn equals_hmac_computed_by_openssl() {
        // printf 'what was said' | openssl dgst -sha256 -mac HMAC -macopt hexkey:00…1f
        let key = CommitmentKey::copy_from(&std::array::from_fn::<u8, 32, _>(|index| index as u8)).unwrap();
        let expected = "bb19fa7953a3a5681ab382ad41e789acebe40c2cd4285d5b1342ffa1f85ff7fd";
        assert_eq!(key.commit(b"what was said").to_string(), expected);
    }

    #[test]
    fn halves_round_trip_as_text() {
        let key = CommitmentKey::generate(&Counting::default());
        let commitment = key.commit(b"");
        assert_eq!(commitment.to_string().parse(), Ok(commitment));
        assert!(key.expose_hex().parse::<CommitmentKey>().unwrap() == key);
        let refused = "AB".parse::<CommitmentKey>().unwrap_err();
        assert!(!refused.to_string().contains("AB"), "{refused}");
    }
}
