//! Keys of signed notes: names, ids and the one-line text of a verifier key (C2SP signed-note v1.0.0).
//!
//! Only Ed25519 (type 0x01) signs and is trusted here. Each key has one use: its name says which.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::{
    crypto::{Signature, SigningKey, VerifyingKey},
    values::{Invalid, decode_hex, encode_hex},
};

/// The signature type of plain Ed25519.
const ED25519: u8 = 0x01;

/// The name of a key: not empty, without white space, `+` or control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyName(String);

impl KeyName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_forbidden = |character: char| character.is_whitespace() || character.is_control() || character == '+';
        if text.is_empty() || text.contains(is_forbidden) {
            return Err(Invalid::new(text, "a key name (not empty, without spaces or `+`)"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Four bytes that tell keys of the same name apart; they prove nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; Self::LENGTH]);

impl KeyId {
    /// Length in bytes.
    pub const LENGTH: usize = 4;

    /// Takes the bytes as found in a signature line.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// The four bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    fn of(name: &KeyName, key: &VerifyingKey) -> Self {
        let hash = Sha256::new_with_prefix(name.as_str())
            .chain_update([b'\n', ED25519])
            .chain_update(key.as_bytes())
            .finalize();
        Self(hash.first_chunk().copied().unwrap_or_default())
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&encode_hex(&self.0))
    }
}

/// Why a text is not a verifier key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifierError {
    /// Not `name+id+key`.
    #[error("not a verifier key; expected `name+8 hexadecimal digits+base64`")]
    Malformed,
    /// A kind of key that is not trusted here.
    #[error("key type {kind:#04x} is not supported; use an Ed25519 key (type 0x01)")]
    UnsupportedType {
        /// The type byte.
        kind: u8,
    },
    /// Not an Ed25519 key, or a weak one.
    #[error("the key is not a sound Ed25519 key; ask the log's operator for it again")]
    BadKey,
    /// The id does not belong to name and key.
    #[error("the key id does not match name and key; copy the whole verifier key")]
    WrongId,
}

/// A name and a public key: what one pins to check a log's notes. Written as a *vkey*: `name+id+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: KeyName,
    key: VerifyingKey,
    id: KeyId,
}

impl NoteVerifier {
    /// The verifier of `key` under `name`.
    #[must_use]
    pub fn new(name: KeyName, key: VerifyingKey) -> Self {
        let id = KeyId::of(&name, &key);
        Self { name, key, id }
    }

    /// The key's name.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The key's id.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// Whether `signature` over `text` is this key's, strictly.
    #[must_use]
    pub fn verify(&self, text: &[u8], signature: &Signature) -> bool {
        self.key.verify(text, signature).is_ok()
    }
}

impl fmt::Display for NoteVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed_key = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        write!(formatter, "{}+{}+{}", self.name, self.id, STANDARD.encode(typed_key))
    }
}

impl FromStr for NoteVerifier {
    type Err = VerifierError;

    fn from_str(text: &str) -> Result<Self, VerifierError> {
        let mut parts = text.splitn(3, '+');
        let mut part = || parts.next().ok_or(VerifierError::Malformed);
        let name: KeyName = part()?.parse().map_err(|_| VerifierError::Malformed)?;
        let id = decode_hex(part()?).and_then(|id| id.try_into().ok()).ok_or(VerifierError::Malformed)?;
        let typed_key = STANDARD.decode(part()?).map_err(|_| VerifierError::Malformed)?;
        let (kind, key) = typed_key.split_first().ok_or(VerifierError::Malformed)?;
        if *kind != ED25519 {
            return Err(VerifierError::UnsupportedType { kind: *kind });
        }
        let key = key.try_into().map_err(|_| VerifierError::Malformed)?;
        let verifier = Self::new(name, VerifyingKey::from_bytes(key).map_err(|_| VerifierError::BadKey)?);
        if verifier.id == KeyId(id) { Ok(verifier) } else { Err(VerifierError::WrongId) }
    }
}

/// A private key with its name; prints its public half only.
pub struct NoteSigner {
    key: SigningKey,
    verifier: NoteVerifier,
}

impl NoteSigner {
    /// The signer of `key` under `name`.
    #[must_use]
    pub fn new(name: KeyName, key: SigningKey) -> Self {
        Self { verifier: NoteVerifier::new(name, key.verifying_key()), key }
    }

    /// The public half.
    #[must_use]
    pub const fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    pub(super) const fn name(&self) -> &KeyName {
        &self.verifier.name
    }

    pub(super) const fn id(&self) -> KeyId {
        self.verifier.id
    }

    pub(super) fn sign(&self, text: &[u8]) -> Signature {
        self.key.sign(text)
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NoteSigner({})", self.verifier)
    }
}
