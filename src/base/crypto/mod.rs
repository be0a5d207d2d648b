//! Keys, signatures, sealing and commitments: standard formats, so that other people's tools can check ours.
//!
//! | what | standard |
//! |---|---|
//! | [`SigningKey`], [`VerifyingKey`] | Ed25519 (RFC 8032), strict verification, PKCS#8 and SPKI PEM (RFC 8410) |
//! | [`Envelope`], [`Statement`] | DSSE 1.0 around in-toto Statement v1, canonical JSON (RFC 8785) |
//! | [`ApiToken`] | 256 random bits, kept as SHA-256 |
//! | [`Commitment`] | HMAC-SHA-256 (RFC 2104) under a random key |
//!
//! Nothing here reads files, the clock or the operating system's generator; random bytes come from [`Entropy`].
//!
//! [`Entropy`]: crate::values::Entropy

mod commitment;
mod dsse;
mod json;
mod pem;
mod secret;
mod signing;
mod statement;
mod token;

pub use commitment::{Commitment, CommitmentKey};
pub use dsse::{Envelope, EnvelopeError, EnvelopeSignature, Verified};
pub use json::{JsonError, canonical_json, parse_json};
pub use secret::Secret;
pub use signing::{KeyError, KeyFingerprint, Signature, SigningKey, VerifyingKey};
pub use statement::{Statement, StatementError, Subject};
pub use token::{ApiToken, TokenError, TokenHash};
