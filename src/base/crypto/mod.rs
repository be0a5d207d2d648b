//! Keys, signatures, sealing and commitments: standard formats, so that other people's tools can check ours.
//!
//! | what | standard |
//! |---|---|
//! | [`SigningKey`], [`VerifyingKey`] | Ed25519 (RFC 8032), strict verification, PKCS#8 and SPKI PEM (RFC 8410) |
//! | [`Envelope`], [`Statement`] | DSSE 1.0 around in-toto Statement v1, canonical JSON (RFC 8785) |
//! | [`Sealer`], [`Opener`] | age v1 payload: ChaCha20-Poly1305 STREAM in chunks of 64 KiB |
//! | [`AgeRecipient`] | age v1 header with an X25519 recipient |
//! | [`RootKey`], [`TenantKey`], [`WrappedKey`] | XChaCha20-Poly1305 with bound context |
//! | [`ApiToken`], [`Bearer`] | 256 random bits, kept as SHA-256 |
//! | [`PasswordHash`] | Argon2id (RFC 9106), as a PHC string |
//! | [`AuthenticatorSecret`] | time-based one-time passwords (RFC 6238) |
//! | [`Commitment`] | HMAC-SHA-256 (RFC 2104) under a random key |
//! | [`SharedSecret`] | HMAC-SHA-256 as Standard Webhooks 1.0.0 has it |
//!
//! Nothing here reads files, the clock or the operating system's generator; random bytes come from [`Entropy`].
//!
//! ```
//! use chancery_base::crypto::{Envelope, Statement, Subject, SigningKey};
//! use chancery_base::values::{Entropy, Sha256Digest};
//!
//! # struct OperatingSystem;
//! # impl Entropy for OperatingSystem {
//! #     fn fill(&self, bytes: &mut [u8]) { getrandom::fill(bytes).unwrap() }
//! # }
//! let key = SigningKey::generate(&OperatingSystem);
//! let subject = Subject { name: "model.safetensors".to_owned(), digest: Sha256Digest::of(b"weights") };
//! let statement = Statement::new(vec![subject], "https://example.org/passport/v1", serde_json::Map::new())?;
//! let sent = statement.sign(&key)?.to_json();
//!
//! let received = Envelope::parse(sent.as_bytes())?;
//! let (believed, signers) = Statement::verify(&received, &[key.verifying_key()])?;
//! assert_eq!((believed, signers), (statement, vec![key.verifying_key()]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Entropy`]: crate::values::Entropy

mod age_header;
mod bearer;
mod commitment;
mod dsse;
mod json;
mod key_envelope;
mod one_time;
mod opener;
mod password;
mod pem;
mod root_keys;
mod seal;
mod sealer;
mod secret;
mod shared_secret;
mod signing;
mod statement;
mod token;
#[cfg(test)]
mod vectors;
mod wrapping;

pub use age_header::{AgeRecipient, RecipientError};
pub use bearer::Bearer;
pub use commitment::{Commitment, CommitmentKey};
pub use dsse::{Envelope, EnvelopeError, EnvelopeSignature, Verified};
pub(crate) use json::canonical_value;
pub use json::{JsonError, LARGEST_EXACT_INTEGER, canonical_json, parse_json};
pub use key_envelope::{RootKey, TenantKey, WrapContext};
pub use one_time::{AuthenticatorSecret, RecoveryCode};
pub use opener::{Opener, PlainCursor, ReadAt};
pub use password::{Password, PasswordError, PasswordHash};
pub use root_keys::{RootKeyError, RootKeyStore, RootKeys, StoredRootKeys};
pub use seal::{CHUNK_LENGTH, FileKey, NONCE_LENGTH, PayloadNonce, SealError, TAG_LENGTH, plain_length, sealed_length};
pub use sealer::{ChunkBuffer, Position, Sealer, SealingWriter, seal_bytes};
pub use secret::Secret;
pub use shared_secret::SharedSecret;
pub use signing::{KeyError, KeyFingerprint, Signature, SigningKey, VerifyingKey};
pub use statement::{Statement, StatementError, Subject};
pub use token::{ApiToken, TokenError, TokenHash};
pub use wrapping::{EnvelopeKeyError, KeyVersion, WrappedKey};
