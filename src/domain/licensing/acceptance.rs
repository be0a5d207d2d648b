//! What a licensee signs to accept a grant: a small statement that names the grant, the model, the parties and the digest of
//! the terms.
//!
//! The signature is a DSSE envelope made elsewhere; its payload is [`Acceptance::to_bytes`], its type [`PAYLOAD_TYPE`]. The
//! statement repeats its own type, so that bytes signed for another purpose never read as an acceptance.

use chancery_base::{
    crypto::{Envelope, EnvelopeError, JsonError, VerifyingKey, canonical_json},
    values::{GrantId, ModelName, PartyId, Sha256Digest},
};
use serde::Serialize;

/// DSSE payload type of an acceptance.
pub const PAYLOAD_TYPE: &str = "application/vnd.chancery.acceptance.v1+json";

/// A licensee's statement that it accepts a grant under exactly these terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The grant.
    pub grant: GrantId,
    /// The model it covers, by its full name: the terms do not say which model they are for.
    pub model: ModelName,
    /// Digest of its terms ([`super::Terms::digest`]).
    pub terms: Sha256Digest,
    /// Who offered it.
    pub licensor: PartyId,
    /// Who accepts it.
    pub licensee: PartyId,
}

/// The statement as it is written; the type comes first in spirit, the fields in canonical order in fact.
#[derive(Serialize)]
struct Statement<'acceptance> {
    #[serde(rename = "type")]
    kind: &'static str,
    grant: GrantId,
    model: &'acceptance ModelName,
    terms_sha256: Sha256Digest,
    licensor: PartyId,
    licensee: PartyId,
}

/// Why an envelope is not an acceptance.
#[derive(Debug, thiserror::Error)]
pub enum AcceptanceError {
    /// It cannot be read, or nobody trusted signed it.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The statement cannot be written.
    #[error(transparent)]
    Statement(#[from] JsonError),
    /// It is about something else.
    #[error(
        "the signed acceptance is not about this grant, this model and these terms; read the terms again and sign them"
    )]
    Other,
}

impl Acceptance {
    /// Checks that `envelope_json` states this and nothing else, and is signed by one of `trusted`. Answers those that signed.
    ///
    /// # Errors
    /// Each of [`AcceptanceError`].
    pub fn verify(&self, envelope_json: &[u8], trusted: &[VerifyingKey]) -> Result<Vec<VerifyingKey>, AcceptanceError> {
        let envelope = Envelope::parse(envelope_json)?;
        let verified = envelope.verify(PAYLOAD_TYPE, trusted)?;
        if verified.payload != self.to_bytes()? {
            return Err(AcceptanceError::Other);
        }
        Ok(verified.signers)
    }

    /// The bytes to sign: canonical JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, JsonError> {
        let Self { grant, ref model, terms: terms_sha256, licensor, licensee } = *self;
        canonical_json(&Statement { kind: "chancery.acceptance.v1", grant, model, terms_sha256, licensor, licensee })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_to_sign_never_change() {
        let acceptance = Acceptance {
            grant: "grant_018bcfe568007000800000000000000a".parse().unwrap(),
            model: "acme/minilm".parse().unwrap(),
            terms: Sha256Digest::of(b"terms"),
            licensor: "party_018bcfe568007000800000000000000b".parse().unwrap(),
            licensee: "party_018bcfe568007000800000000000000c".parse().unwrap(),
        };
        let expected = format!(
            r#"{{"grant":"grant_018bcfe568007000800000000000000a","licensee":"party_018bcfe568007000800000000000000c","licensor":"party_018bcfe568007000800000000000000b","model":"acme/minilm","terms_sha256":"{}","type":"chancery.acceptance.v1"}}"#,
            acceptance.terms
        );
        assert_eq!(String::from_utf8(acceptance.to_bytes().unwrap()).unwrap(), expected);
    }
}
