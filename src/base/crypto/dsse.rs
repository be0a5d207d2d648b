//! DSSE envelopes, version 1.0: a payload, its type, and signatures over both.
//!
//! The signed bytes are `DSSEv1 LEN(type) type LEN(payload) payload` ([`pre_authentication_encoding`]), so neither can be
//! moved into the other, and the payload is verified as it came, never after being parsed and written again. A `keyid` is
//! a hint and proves nothing; a key inside an envelope is not looked at.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use serde::{Deserialize, Serialize};

use super::{JsonError, KeyFingerprint, Signature, SigningKey, VerifyingKey, parse_json};

/// Why an envelope is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Not an envelope.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A field that is not base64.
    #[error("`{field}` is not base64; encode it with the standard alphabet and padding")]
    NotBase64 {
        /// Name of the field.
        field: &'static str,
    },
    /// More payload than allowed.
    #[error("the payload has {length} bytes where at most {} are allowed; make it smaller", Envelope::LARGEST_PAYLOAD)]
    PayloadTooLarge {
        /// Bytes given.
        length: usize,
    },
    /// None, or too many.
    #[error(
        "the envelope carries {count} signatures where 1 to {} are allowed; sign it once",
        Envelope::MOST_SIGNATURES
    )]
    SignatureCount {
        /// Signatures given.
        count: usize,
    },
    /// The payload is of another type than the reader asked for.
    #[error("the payload type is `{found}` where `{expected}` is expected; send the right document")]
    OtherType {
        /// Type in the envelope.
        found: String,
        /// Type asked for.
        expected: &'static str,
    },
    /// No trusted key has signed this.
    #[error("no signature is by a trusted key; sign with an enrolled key, or add the signer to the trusted keys")]
    Untrusted,
    /// A signature names a trusted key but does not verify under it.
    #[error("the signature that names key {key} does not verify; the payload or the signature was changed")]
    BadSignature {
        /// The key it names.
        key: KeyFingerprint,
    },
}

/// A payload with its signatures, not yet believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    payload_type: String,
    payload: Vec<u8>,
    signatures: Vec<EnvelopeSignature>,
}

/// One signature of an envelope, of whatever algorithm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopeSignature {
    /// The signer's hint at the key, if any.
    pub key_hint: Option<String>,
    /// The signature's bytes.
    pub signature: Vec<u8>,
}

/// What an envelope says once a trusted key has been found to stand behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<'envelope> {
    /// The payload, byte for byte as signed.
    pub payload: &'envelope [u8],
    /// The trusted keys that signed it; at least one, none twice.
    pub signers: Vec<VerifyingKey>,
}

impl Envelope {
    /// Most payload bytes.
    pub const LARGEST_PAYLOAD: usize = 1 << 20;
    /// Most signatures on one envelope; each may cost a verification per trusted key.
    pub const MOST_SIGNATURES: usize = 16;
    /// Most bytes of an envelope as JSON: the payload in base64, and room for the signatures.
    pub const LARGEST: usize = Self::LARGEST_PAYLOAD / 3 * 4 + (64 << 10);

    /// Signs `payload` as being of `payload_type`.
    ///
    /// # Errors
    /// [`EnvelopeError::PayloadTooLarge`].
    pub fn sign(payload_type: &str, payload: Vec<u8>, key: &SigningKey) -> Result<Self, EnvelopeError> {
        refuse_large(&payload)?;
        let mut envelope = Self { payload_type: payload_type.to_owned(), payload, signatures: Vec::new() };
        envelope.add_signature(key);
        Ok(envelope)
    }

    /// Adds a further signature over the same payload.
    pub fn add_signature(&mut self, key: &SigningKey) {
        let signature = key.sign(&self.signed_bytes()).to_bytes().to_vec();
        let key_hint = Some(key.verifying_key().fingerprint().to_string());
        self.signatures.push(EnvelopeSignature { key_hint, signature });
    }

    /// Reads an envelope from JSON; members it does not know are ignored, as the specification asks.
    ///
    /// # Errors
    /// [`EnvelopeError::Json`], [`EnvelopeError::NotBase64`], [`EnvelopeError::PayloadTooLarge`] and
    /// [`EnvelopeError::SignatureCount`]; nothing is verified yet.
    pub fn parse(json: &[u8]) -> Result<Self, EnvelopeError> {
        let view: EnvelopeView = parse_json(json, Self::LARGEST)?;
        let count = view.signatures.len();
        if !(1..=Self::MOST_SIGNATURES).contains(&count) {
            return Err(EnvelopeError::SignatureCount { count });
        }
        let payload = decode(&view.payload, "payload")?;
        refuse_large(&payload)?;
        let signatures = view.signatures.into_iter().map(EnvelopeSignature::try_from).collect::<Result<_, _>>()?;
        Ok(Self { payload_type: view.payload_type, payload, signatures })
    }

    /// Writes the envelope as JSON, without white space.
    #[must_use]
    #[expect(clippy::expect_used, reason = "text and lists of text always have a JSON form")]
    pub fn to_json(&self) -> String {
        let signatures = self.signatures.iter().map(SignatureView::from).collect();
        let payload = STANDARD.encode(&self.payload);
        let view = EnvelopeView { payload, payload_type: self.payload_type.clone(), signatures };
        serde_json::to_string(&view).expect("an envelope has a JSON form")
    }

    /// Finds the `trusted` keys that signed this as a payload of type `expected`.
    ///
    /// One good signature by a trusted key is enough; the others may be by anybody.
    ///
    /// # Errors
    /// [`EnvelopeError::OtherType`]; if no trusted key signed, [`EnvelopeError::BadSignature`] where a signature names one
    /// of them, else [`EnvelopeError::Untrusted`].
    pub fn verify(&self, expected: &'static str, trusted: &[VerifyingKey]) -> Result<Verified<'_>, EnvelopeError> {
        if self.payload_type != expected {
            return Err(EnvelopeError::OtherType { found: self.payload_type.clone(), expected });
        }
        let message = self.signed_bytes();
        let signed = |key: &&VerifyingKey| self.signatures.iter().any(|signature| signature.is_by(key, &message));
        let mut signers: Vec<VerifyingKey> = Vec::new();
        for key in trusted.iter().filter(signed) {
            if !signers.contains(key) {
                signers.push(*key);
            }
        }
        if signers.is_empty() {
            return Err(self.why_not(trusted));
        }
        Ok(Verified { payload: &self.payload, signers })
    }

    /// The payload before anybody vouched for it: only for showing, and for finding out which keys to ask for.
    #[must_use]
    pub fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// The type the payload claims to be of.
    #[must_use]
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// The signatures, verified or not.
    #[must_use]
    pub fn signatures(&self) -> &[EnvelopeSignature] {
        &self.signatures
    }

    fn signed_bytes(&self) -> Vec<u8> {
        pre_authentication_encoding(&self.payload_type, &self.payload)
    }

    fn why_not(&self, trusted: &[VerifyingKey]) -> EnvelopeError {
        let mut fingerprints = trusted.iter().map(VerifyingKey::fingerprint);
        let named = fingerprints.find(|key| self.signatures.iter().any(|signature| signature.names(*key)));
        named.map_or(EnvelopeError::Untrusted, |key| EnvelopeError::BadSignature { key })
    }
}

impl EnvelopeSignature {
    fn is_by(&self, key: &VerifyingKey, message: &[u8]) -> bool {
        let bytes = self.signature.as_slice().try_into();
        bytes.is_ok_and(|bytes| key.verify(message, &Signature::from_bytes(bytes)).is_ok())
    }

    fn names(&self, key: KeyFingerprint) -> bool {
        self.key_hint.as_ref().is_some_and(|hint| *hint == key.to_string())
    }
}

/// The bytes that are signed (DSSE 1.0, "PAE"); lengths are decimal counts of bytes.
fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

fn refuse_large(payload: &[u8]) -> Result<(), EnvelopeError> {
    let length = payload.len();
    if length > Envelope::LARGEST_PAYLOAD { Err(EnvelopeError::PayloadTooLarge { length }) } else { Ok(()) }
}

/// Verifiers must take either alphabet (DSSE 1.0, "Envelope"); we write the standard one.
fn decode(text: &str, field: &'static str) -> Result<Vec<u8>, EnvelopeError> {
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).map_err(|_| EnvelopeError::NotBase64 { field })
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EnvelopeView {
    payload: String,
    payload_type: String,
    signatures: Vec<SignatureView>,
}

#[derive(Serialize, Deserialize)]
struct SignatureView {
    #[serde(rename = "keyid", skip_serializing_if = "Option::is_none")]
    key_hint: Option<String>,
    #[serde(rename = "sig")]
    signature: String,
}

impl From<&EnvelopeSignature> for SignatureView {
    fn from(signature: &EnvelopeSignature) -> Self {
        Self { key_hint: signature.key_hint.clone(), signature: STANDARD.encode(&signature.signature) }
    }
}

impl TryFrom<SignatureView> for EnvelopeSignature {
    type Error = EnvelopeError;

    fn try_from(view: SignatureView) -> Result<Self, EnvelopeError> {
        Ok(Self { key_hint: view.key_hint, signature: decode(&view.signature, "sig")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Counting;

    const TYPE: &str = "application/example";

    fn keys() -> (SigningKey, SigningKey) {
        let entropy = Counting::default();
        (SigningKey::generate(&entropy), SigningKey::generate(&entropy))
    }

    #[test]
    fn encoding_is_the_published_one() {
        let encoded = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world");
        assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
        assert_eq!(pre_authentication_encoding("é", b""), "DSSEv1 2 é 0 ".as_bytes());
    }

    #[test]
    fn signed_envelopes_round_trip_and_verify() {
        let (key, other) = keys();
        let mut envelope = Envelope::sign(TYPE, b"payload".to_vec(), &key).unwrap();
        envelope.add_signature(&other);
        let read = Envelope::parse(envelope.to_json().as_bytes()).unwrap();
        assert_eq!(read, envelope);
        let trusted = [other.verifying_key(), key.verifying_key(), other.verifying_key()];
        let verified = read.verify(TYPE, &trusted).unwrap();
        assert_eq!(verified.payload, b"payload");
        assert_eq!(verified.signers, [other.verifying_key(), key.verifying_key()]);
    }

    #[test]
    fn each_refusal_has_its_own_reason() {
        let (key, other) = keys();
        let envelope = Envelope::sign(TYPE, b"payload".to_vec(), &key).unwrap();
        let (trusted, stranger) = ([key.verifying_key()], [other.verifying_key()]);
        assert!(matches!(envelope.verify("text/plain", &trusted), Err(EnvelopeError::OtherType { .. })));
        assert_eq!(envelope.verify(TYPE, &stranger), Err(EnvelopeError::Untrusted));
        assert_eq!(envelope.verify(TYPE, &[]), Err(EnvelopeError::Untrusted));
        let changed = Envelope { payload: b"Payload".to_vec(), ..envelope.clone() };
        let bad = EnvelopeError::BadSignature { key: key.verifying_key().fingerprint() };
        assert_eq!(changed.verify(TYPE, &trusted), Err(bad));
    }

    #[test]
    fn type_is_signed_too() {
        let (key, _) = keys();
        let mut envelope = Envelope::sign(TYPE, b"payload".to_vec(), &key).unwrap();
        envelope.payload_type = "application/other".to_owned();
        assert!(envelope.verify("application/other", &[key.verifying_key()]).is_err());
    }

    #[test]
    fn hint_is_neither_needed_nor_believed() {
        let (key, other) = keys();
        let mut envelope = Envelope::sign(TYPE, b"payload".to_vec(), &key).unwrap();
        envelope.signatures[0].key_hint = None;
        assert!(envelope.verify(TYPE, &[key.verifying_key()]).is_ok());
        envelope.signatures[0].key_hint = Some(other.verifying_key().fingerprint().to_string());
        assert!(envelope.verify(TYPE, &[key.verifying_key()]).is_ok());
        assert!(matches!(envelope.verify(TYPE, &[other.verifying_key()]), Err(EnvelopeError::BadSignature { .. })));
    }

    #[test]
    fn malformed_envelopes_are_refused() {
        let valid = Envelope::sign(TYPE, b"payload".to_vec(), &keys().0).unwrap().to_json();
        assert!(Envelope::parse(valid.replacen('{', r#"{"more":[1],"#, 1).as_bytes()).is_ok());
        let twice = valid.replacen('{', r#"{"payload":"","#, 1);
        let unpadded = valid.replacen("cGF5bG9hZA==", "cGF5bG9hZA", 1);
        let unsigned = r#"{"payload":"","payloadType":"t","signatures":[]}"#.to_owned();
        for text in [twice, unpadded, unsigned, "{}".to_owned(), "[".repeat(1000), " ".repeat(Envelope::LARGEST + 1)] {
            assert!(Envelope::parse(text.as_bytes()).is_err(), "{text:.60}");
        }
        let large = vec![0; Envelope::LARGEST_PAYLOAD + 1];
        assert!(matches!(Envelope::sign(TYPE, large, &keys().0), Err(EnvelopeError::PayloadTooLarge { .. })));
    }
}
