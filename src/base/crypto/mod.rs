//! Keys, signatures, sealing and commitments: standard formats, so that other people's tools can check ours.
//!
//! | what | standard |
//! |---|---|
//! | [`SigningKey`], [`VerifyingKey`] | Ed25519 (RFC 8032), strict verification, PKCS#8 and SPKI PEM (RFC 8410) |
//! | [`Envelope`], [`Statement`] | DSSE 1.0 around in-toto Statement v1, canonical JSON (RFC 8785) |
//! | [`Sealer`], [`Opener`] | age v1 payload: ChaCha20-Poly1305 STREAM in chunks of 64 KiB |
//! | [`AgeRecipient`] | age v1 header with an X25519 recipient |
//! | [`RootKey`], [`TenantKey`], [`WrappedKey`] | XChaCha20-Poly1305 with bound context |
//! | [`ApiToken`] | 256 random bits, kept as SHA-256 |
//! | [`Commitment`] | HMAC-SHA-256 (RFC 2104) under a random key |
//!
//! Nothing here reads files, the clock or the operating system's generator; random bytes come from [`Entropy`].
//!
//! [`Entropy`]: crate::values::Entropy

mod age_header;
mod commitment;
mod dsse;
mod json;
mod key_envelope;
mod opener;
mod pem;
mod seal;
mod sealer;
mod secret;
mod signing;
mod statement;
mod token;
#[cfg(test)]
mod vectors;

pub use age_header::{AgeRecipient, RecipientError};
pub use commitment::{Commitment, CommitmentKey};
pub use dsse::{Envelope, EnvelopeError, EnvelopeSignature, Verified};
pub use json::{JsonError, canonical_json, parse_json};
pub use key_envelope::{EnvelopeKeyError, KeyVersion, RootKey, TenantKey, WrapContext, WrappedKey};
pub use opener::{Opener, PlainCursor, ReadAt};
pub use seal::{CHUNK_LENGTH, FileKey, NONCE_LENGTH, PayloadNonce, SealError, TAG_LENGTH, plain_length, sealed_length};
pub use sealer::{ChunkBuffer, Position, Sealer, SealingWriter, seal_bytes};
pub use secret::Secret;
pub use signing::{KeyError, KeyFingerprint, Signature, SigningKey, VerifyingKey};
pub use statement::{Statement, StatementError, Subject};
pub use token::{ApiToken, TokenError, TokenHash};
