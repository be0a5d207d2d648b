//! What a licensee signs to accept a grant: a small statement that names the grant, the parties and the digest of the terms.
//!
//! The signature is a DSSE envelope made elsewhere; its payload is [`Acceptance::to_bytes`], its type [`PAYLOAD_TYPE`]. The
//! statement repeats its own type, so that bytes signed for another purpose never read as an acceptance.

use chancery_base::{
    crypto::{JsonError, canonical_json},
    values::{GrantId, PartyId, Sha256Digest},
};
use serde::{Deserialize, Serialize};

/// DSSE payload type of an acceptance.
pub const PAYLOAD_TYPE: &str = "application/vnd.chancery.acceptance.v1+json";

/// Why bytes are not an acceptance.
#[derive(Debug, thiserror::Error)]
pub enum AcceptanceError {
    /// Not the JSON of an acceptance.
    #[error("not an acceptance statement ({0}); sign the one that the offer came with")]
    Malformed(#[from] serde_json::Error),
    /// An acceptance, but not in canonical JSON (RFC 8785).
    #[error("the acceptance statement is not in canonical JSON; sign exactly the bytes that the offer came with")]
    NotCanonical,
}

/// A licensee's statement that it accepts a grant under exactly these terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acceptance {
    /// The grant.
    pub grant: GrantId,
    /// Digest of its terms ([`super::Terms::digest`]).
    pub terms: Sha256Digest,
    /// Who offered it.
    pub licensor: PartyId,
    /// Who accepts it.
    pub licensee: PartyId,
}

/// The statement as it is written; the type comes first in spirit, the fields in canonical order in fact.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    #[serde(rename = "type")]
    kind: StatementKind,
    grant: GrantId,
    terms_sha256: Sha256Digest,
    licensor: PartyId,
    licensee: PartyId,
}

/// The only type a statement can have.
#[derive(Serialize, Deserialize)]
enum StatementKind {
    #[serde(rename = "chancery.acceptance.v1")]
    Acceptance,
}

impl Acceptance {
    /// The bytes to sign: canonical JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, JsonError> {
        let Self { grant, terms, licensor, licensee } = *self;
        canonical_json(&Statement { kind: StatementKind::Acceptance, grant, terms_sha256: terms, licensor, licensee })
    }

    /// Reads signed bytes back.
    ///
    /// Errors: not the JSON of an acceptance, an unknown or repeated field, or not spelled canonically.
    pub fn parse(bytes: &[u8]) -> Result<Self, AcceptanceError> {
        let Statement { kind: StatementKind::Acceptance, grant, terms_sha256, licensor, licensee } =
            serde_json::from_slice(bytes)?;
        let acceptance = Self { grant, terms: terms_sha256, licensor, licensee };
        let is_canonical = acceptance.to_bytes().is_ok_and(|canonical| canonical == bytes);
        if is_canonical { Ok(acceptance) } else { Err(AcceptanceError::NotCanonical) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Acceptance {
        Acceptance {
            grant: "grant_018bcfe568007000800000000000000a".parse().unwrap(),
            terms: Sha256Digest::of(b"terms"),
            licensor: "party_018bcfe568007000800000000000000b".parse().unwrap(),
            licensee: "party_018bcfe568007000800000000000000c".parse().unwrap(),
        }
    }

    #[test]
    fn reads_back_only_what_it_wrote() {
        let bytes = sample().to_bytes().unwrap();
        assert_eq!(Acceptance::parse(&bytes).unwrap(), sample());
        let text = String::from_utf8(bytes).unwrap();
        for forged in [
            text.replace("acceptance.v1", "offer.v1"),
            text.replace("\"grant\":", "\"extra\":1,\"grant\":"),
            text.replace("grant_", "party_"),
            text.replace("\"grant\":", "\"grant\": "),
            text.replace("\"grant\":", &format!("\"grant\":\"{}\",\"grant\":", sample().grant)),
            String::new(),
        ] {
            assert!(Acceptance::parse(forged.as_bytes()).is_err(), "{forged}");
        }
    }
}
