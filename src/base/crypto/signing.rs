//! Ed25519 keys and signatures (RFC 8032).
//!
//! One rule everywhere: verification is strict (canonical encodings, no point of small order) and weak keys are refused when
//! a key is read, so that no later check can be forgotten. Some other verifiers accept what is refused here.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::Signer;
use serde::{Deserialize, Serialize};

use super::{
    Secret,
    pem::{self, Kind},
};
use crate::values::{Entropy, Invalid, Sha256Digest};

/// Why bytes are not a key or a signature was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is neither the base64 nor the PEM that was expected.
    #[error("not {expected}; give a key made by `chancery keygen` or `openssl genpkey -algorithm ed25519`")]
    Malformed {
        /// What would have been accepted.
        expected: &'static str,
    },
    /// The 32 bytes are no point of the curve, or not its only spelling.
    #[error("not a point of the Ed25519 curve in canonical form; give a key made by `chancery keygen`")]
    NotAPoint,
    /// A point of small order: anybody can sign for it.
    #[error("the key is weak (a point of small order) and would accept anybody's signature; generate another")]
    Weak,
    /// The signature does not verify under this key.
    #[error("the signature does not verify; sign the same bytes again with the key that was enrolled")]
    BadSignature,
}

/// A public key that is a canonical point of large order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// Length in bytes.
    pub const LENGTH: usize = 32;

    /// Checks 32 raw bytes.
    ///
    /// # Errors
    /// [`KeyError::NotAPoint`] and [`KeyError::Weak`].
    pub fn from_bytes(bytes: &[u8; Self::LENGTH]) -> Result<Self, KeyError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotAPoint)?;
        if key.is_weak() {
            return Err(KeyError::Weak);
        }
        // The y coordinate may be written modulo the field's prime in two ways for a few points; one is refused.
        if key.to_edwards().compress().as_bytes() != bytes {
            return Err(KeyError::NotAPoint);
        }
        Ok(Self(key))
    }

    /// Reads a PEM file (SPKI, RFC 8410).
    ///
    /// # Errors
    /// [`KeyError::Malformed`] for anything but an Ed25519 public key, and those of [`Self::from_bytes`].
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let malformed = KeyError::Malformed { expected: "a PEM file with an Ed25519 public key" };
        let bytes = pem::read(Kind::Public, text).ok_or_else(|| malformed.clone())?;
        Self::from_bytes(bytes.as_slice().try_into().map_err(|_| malformed)?)
    }

    /// Writes a PEM file.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::write(Kind::Public, self.as_bytes()).to_string()
    }

    /// The 32 raw bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        self.0.as_bytes()
    }

    /// The key's name in envelopes and logs.
    #[must_use]
    pub fn fingerprint(&self) -> KeyFingerprint {
        KeyFingerprint(Sha256Digest::of(self.as_bytes()))
    }

    /// Checks that `signature` is this key's over `message`, strictly.
    ///
    /// # Errors
    /// [`KeyError::BadSignature`], which never says more.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), KeyError> {
        self.0.verify_strict(message, &signature.0).map_err(|_| KeyError::BadSignature)
    }
}

impl fmt::Display for VerifyingKey {
    /// Writes standard base64 with padding, 44 characters.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&STANDARD.encode(self.as_bytes()))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ed25519:{self}")
    }
}

impl FromStr for VerifyingKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bytes = decode_base64(text);
        Self::from_bytes(&bytes.ok_or(KeyError::Malformed { expected: "an Ed25519 public key in base64" })?)
    }
}

impl TryFrom<String> for VerifyingKey {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<VerifyingKey> for String {
    fn from(key: VerifyingKey) -> Self {
        key.to_string()
    }
}

/// SHA-256 of a public key's 32 bytes; the `keyid` of an envelope's signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyFingerprint(Sha256Digest);

impl fmt::Display for KeyFingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for KeyFingerprint {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse().map(Self).map_err(|_| Invalid::new(text, "a key fingerprint (64 lower-case hexadecimal digits)"))
    }
}

/// A private key; prints its type's name only and is wiped when dropped.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// Draws a new key.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self::from_seed(&Secret::generate(entropy))
    }

    /// The key of a 32-byte seed (RFC 8032, section 5.1.5).
    #[must_use]
    pub fn from_seed(seed: &Secret<32>) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed.expose()))
    }

    /// Reads a PEM file (PKCS#8, RFC 8410).
    ///
    /// # Errors
    /// [`KeyError::Malformed`] for anything but an unencrypted Ed25519 private key; the text is not repeated.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let bytes = pem::read(Kind::Private, text).and_then(|seed| Secret::copy_from(&seed));
        let expected = "a PEM file with an unencrypted Ed25519 private key";
        bytes.map(|seed| Self::from_seed(&seed)).ok_or(KeyError::Malformed { expected })
    }

    /// Writes a PEM file; the caller keeps it readable by its owner alone.
    #[must_use]
    pub fn to_pem(&self) -> zeroize::Zeroizing<String> {
        pem::write(Kind::Private, self.0.as_bytes())
    }

    /// The public half.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        // INVARIANT: a clamped scalar times the base point is canonical and of large order.
        VerifyingKey(self.0.verifying_key())
    }

    /// Signs `message`; the same message gives the same signature.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SigningKey")
    }
}

/// 64 bytes that may be a signature; written as standard base64.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Signature(ed25519_dalek::Signature);

impl Signature {
    /// Length in bytes.
    pub const LENGTH: usize = 64;

    /// Takes 64 raw bytes; they are judged by [`VerifyingKey::verify`].
    #[must_use]
    pub fn from_bytes(bytes: &[u8; Self::LENGTH]) -> Self {
        Self(ed25519_dalek::Signature::from_bytes(bytes))
    }

    /// The 64 raw bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LENGTH] {
        self.0.to_bytes()
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&STANDARD.encode(self.to_bytes()))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

impl FromStr for Signature {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bytes = decode_base64(text).ok_or(KeyError::Malformed { expected: "an Ed25519 signature in base64" })?;
        Ok(Self::from_bytes(&bytes))
    }
}

impl TryFrom<String> for Signature {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<Signature> for String {
    fn from(signature: Signature) -> Self {
        signature.to_string()
    }
}

fn decode_base64<const N: usize>(text: &str) -> Option<[u8; N]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Counting;

    #[test]
    fn keys_round_trip_as_text_and_pem() {
        let key = SigningKey::generate(&Counting::default());
        let public = key.verifying_key();
        assert_eq!(public.to_string().parse(), Ok(public));
        assert_eq!(VerifyingKey::from_pem(&public.to_pem()), Ok(public));
        assert_eq!(VerifyingKey::from_bytes(public.as_bytes()), Ok(public));
        assert_eq!(SigningKey::from_pem(&key.to_pem()).unwrap().verifying_key(), public);
        assert_eq!(format!("{key:?}"), "SigningKey");
    }

    #[test]
    fn foreign_and_broken_files_are_refused() {
        let key = SigningKey::generate(&Counting::default());
        let pem = key.to_pem();
        for broken in [
            pem.replace("PRIVATE", "PUBLIC"),
            pem.replace("MC4", "MC5"),
            pem.replace("\n-----E", "AAAA\n-----E"),
            String::new(),
        ] {
            assert!(SigningKey::from_pem(&broken).is_err(), "{broken}");
        }
        assert!(VerifyingKey::from_pem(&pem).is_err());
        assert!("AAAA".parse::<VerifyingKey>().is_err());
    }

    #[test]
    fn weak_and_non_canonical_keys_are_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(VerifyingKey::from_bytes(&identity), Err(KeyError::Weak));
        assert_eq!(VerifyingKey::from_bytes(&[0; 32]), Err(KeyError::Weak));
        // y = 3 is on the curve; p + 3 is the same point, written differently.
        let mut non_canonical = [0xff; 32];
        (non_canonical[0], non_canonical[31]) = (0xf0, 0x7f);
        assert_eq!(VerifyingKey::from_bytes(&non_canonical), Err(KeyError::NotAPoint));
        let mut canonical = [0; 32];
        canonical[0] = 3;
        assert!(VerifyingKey::from_bytes(&canonical).is_ok());
    }

    #[test]
    fn any_other_message_key_or_signature_is_refused() {
        let entropy = Counting::default();
        let (key, other) = (SigningKey::generate(&entropy), SigningKey::generate(&entropy));
        let signature = key.sign(b"message");
        assert_eq!(key.verifying_key().verify(b"message", &signature), Ok(()));
        assert_eq!(key.verifying_key().verify(b"massage", &signature), Err(KeyError::BadSignature));
        assert_eq!(other.verifying_key().verify(b"message", &signature), Err(KeyError::BadSignature));
        for index in 0..Signature::LENGTH {
            let mut bytes = signature.to_bytes();
            bytes[index] ^= 1;
            assert!(key.verifying_key().verify(b"message", &Signature::from_bytes(&bytes)).is_err(), "{index}");
        }
    }
}
