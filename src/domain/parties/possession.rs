//! What the holder of a private key signs to have its public key enrolled.
//!
//! The statement names its own purpose, the server's challenge and the key, so that the signature is good for nothing else
//! and cannot have been made for anything else. It is canonical JSON (RFC 8785), the same bytes on both sides.

use chancery_base::crypto::{VerifyingKey, canonical_json};
use serde::Serialize;

/// Tells this statement from everything else that is signed with the same keys.
const STATEMENT_TYPE: &str = "https://chancery.dev/key-possession/v1";

#[derive(Serialize)]
struct PossessionStatement<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    challenge: &'a str,
    public_key: &'a VerifyingKey,
}

/// The bytes to sign in answer to `challenge`.
#[must_use]
#[expect(clippy::expect_used, reason = "three texts always have a JSON form")]
pub fn possession_statement(challenge: &str, public_key: &VerifyingKey) -> Vec<u8> {
    let statement = PossessionStatement { kind: STATEMENT_TYPE, challenge, public_key };
    canonical_json(&statement).expect("three texts have a JSON form")
}
