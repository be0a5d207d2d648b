//! in-toto Statements, version 1: what is said (the predicate) about which files (the subjects).
//!
//! A statement is small: it names each file's SHA-256 and is signed in an [`Envelope`], so the bytes are read once, while
//! they arrive, and the signature is checked before the first of them. Sizes belong to the predicate. Statements are written
//! canonically, but read as they come: what was signed is what was sent.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Envelope, EnvelopeError, JsonError, SigningKey, VerifyingKey, canonical_json, parse_json};
use crate::values::Sha256Digest;

/// Why a payload is not a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Not readable as a statement.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The envelope around it is not accepted.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// Another `_type`.
    #[error(
        "the statement's `_type` is `{found}` where `{}` is expected; send an in-toto Statement v1",
        Statement::TYPE
    )]
    OtherVersion {
        /// Type found.
        found: String,
    },
    /// Nothing to say something about.
    #[error("the statement has no subject; name at least one file")]
    NoSubject,
    /// A subject without a name, or two with the same.
    #[error("subject {number} is unnamed or shares the name `{name}` with another; name each file once")]
    SubjectName {
        /// Position, counted from one.
        number: usize,
        /// Its name.
        name: String,
    },
}

/// A statement: `predicate`, of type `predicate_type`, holds for `subjects`.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    subjects: Vec<Subject>,
    predicate_type: String,
    predicate: Map<String, Value>,
}

/// One file a statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The file's name, unique in its statement.
    pub name: String,
    /// SHA-256 of the file's bytes.
    pub digest: Sha256Digest,
}

impl Statement {
    /// The `_type` of every statement.
    pub const TYPE: &'static str = "https://in-toto.io/Statement/v1";
    /// The envelope's payload type.
    pub const PAYLOAD_TYPE: &'static str = "application/vnd.in-toto+json";

    /// Makes a statement.
    ///
    /// # Errors
    /// [`StatementError::NoSubject`] and [`StatementError::SubjectName`].
    pub fn new(
        subjects: Vec<Subject>,
        predicate_type: impl Into<String>,
        predicate: Map<String, Value>,
    ) -> Result<Self, StatementError> {
        refuse_subjects(&subjects)?;
        Ok(Self { subjects, predicate_type: predicate_type.into(), predicate })
    }

    /// Reads a statement from an envelope's payload.
    ///
    /// Members it does not know, and digests of other algorithms, are ignored; SHA-256 must be there.
    ///
    /// # Errors
    /// Each of [`StatementError`] but [`StatementError::Envelope`].
    pub fn parse(payload: &[u8]) -> Result<Self, StatementError> {
        let view: StatementView = parse_json(payload, Envelope::LARGEST_PAYLOAD)?;
        if view.kind != Self::TYPE {
            return Err(StatementError::OtherVersion { found: view.kind });
        }
        let subjects = view.subject.into_iter().map(Subject::from).collect();
        Self::new(subjects, view.predicate_type, view.predicate)
    }

    /// Reads the statement in `envelope` once one of the `trusted` keys is found to have signed it; also returns the
    /// keys that did.
    ///
    /// # Errors
    /// Each of [`StatementError`].
    pub fn verify(envelope: &Envelope, trusted: &[VerifyingKey]) -> Result<(Self, Vec<VerifyingKey>), StatementError> {
        let verified = envelope.verify(Self::PAYLOAD_TYPE, trusted)?;
        Ok((Self::parse(verified.payload)?, verified.signers))
    }

    /// Writes the statement as canonical JSON.
    ///
    /// # Errors
    /// [`JsonError::Inexact`] for an integer beyond 2^53 - 1 in the predicate.
    pub fn to_canonical_json(&self) -> Result<Vec<u8>, JsonError> {
        canonical_json(&StatementView {
            kind: Self::TYPE.to_owned(),
            subject: self.subjects.iter().cloned().map(SubjectView::from).collect(),
            predicate_type: self.predicate_type.clone(),
            predicate: self.predicate.clone(),
        })
    }

    /// Writes and signs the statement.
    ///
    /// # Errors
    /// [`StatementError::Json`] as [`Self::to_canonical_json`], and [`StatementError::Envelope`] if it is too large.
    pub fn sign(&self, key: &SigningKey) -> Result<Envelope, StatementError> {
        Ok(Envelope::sign(Self::PAYLOAD_TYPE, self.to_canonical_json()?, key)?)
    }

    /// The files it is about, in the order given.
    #[must_use]
    pub fn subjects(&self) -> &[Subject] {
        &self.subjects
    }

    /// The address that says how to read the predicate.
    #[must_use]
    pub fn predicate_type(&self) -> &str {
        &self.predicate_type
    }

    /// What is said.
    #[must_use]
    pub const fn predicate(&self) -> &Map<String, Value> {
        &self.predicate
    }
}

fn refuse_subjects(subjects: &[Subject]) -> Result<(), StatementError> {
    if subjects.is_empty() {
        return Err(StatementError::NoSubject);
    }
    let mut names = BTreeSet::new();
    let refused = subjects.iter().position(|subject| subject.name.is_empty() || !names.insert(&subject.name));
    match refused.and_then(|index| Some((index, subjects.get(index)?))) {
        Some((index, subject)) => Err(StatementError::SubjectName { number: index + 1, name: subject.name.clone() }),
        None => Ok(()),
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatementView {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<SubjectView>,
    predicate_type: String,
    predicate: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
struct SubjectView {
    name: String,
    digest: DigestView,
}

#[derive(Serialize, Deserialize)]
struct DigestView {
    sha256: Sha256Digest,
}

impl From<Subject> for SubjectView {
    fn from(subject: Subject) -> Self {
        Self { name: subject.name, digest: DigestView { sha256: subject.digest } }
    }
}

impl From<SubjectView> for Subject {
    fn from(view: SubjectView) -> Self {
        Self { name: view.name, digest: view.digest.sha256 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Counting;

    fn statement() -> Statement {
        let subject = |name: &str| Subject { name: name.to_owned(), digest: Sha256Digest::of(name.as_bytes()) };
        let predicate = Map::from_iter([("size".to_owned(), Value::from(3))]);
        Statement::new(vec![subject("b"), subject("a")], "https://example.org/passport/v1", predicate).unwrap()
    }

    #[test]
    fn signs_and_reads_back() {
        let key = SigningKey::generate(&Counting::default());
        let envelope = Envelope::parse(statement().sign(&key).unwrap().to_json().as_bytes()).unwrap();
        let (read, signers) = Statement::verify(&envelope, &[key.verifying_key()]).unwrap();
        assert_eq!((read, signers), (statement(), vec![key.verifying_key()]));
        assert!(matches!(Statement::verify(&envelope, &[]), Err(StatementError::Envelope(EnvelopeError::Untrusted))));
    }

    #[test]
    fn canonical_bytes_do_not_change() {
        let text = String::from_utf8(statement().to_canonical_json().unwrap()).unwrap();
        assert!(
            text.starts_with(r#"{"_type":"https://in-toto.io/Statement/v1","predicate":{"size":3},"predicateType":"#)
        );
        assert_eq!(Statement::parse(text.as_bytes()).unwrap(), statement());
    }

    #[test]
    fn malformed_statements_are_refused() {
        let valid = String::from_utf8(statement().to_canonical_json().unwrap()).unwrap();
        let version = valid.replace("Statement/v1", "Statement/v0.1");
        assert!(matches!(Statement::parse(version.as_bytes()), Err(StatementError::OtherVersion { .. })));
        let same = valid.replace(r#""name":"a""#, r#""name":"b""#);
        assert!(matches!(Statement::parse(same.as_bytes()), Err(StatementError::SubjectName { number: 2, .. })));
        let unnamed = valid.replace(r#""name":"b""#, r#""name":"""#);
        assert!(matches!(Statement::parse(unnamed.as_bytes()), Err(StatementError::SubjectName { number: 1, .. })));
        for (from, to) in [("sha256", "sha512"), (r#""size":3"#, r#""size":3,"size":4"#), ("predicateType", "type")] {
            assert!(
                matches!(Statement::parse(valid.replace(from, to).as_bytes()), Err(StatementError::Json(_))),
                "{from}"
            );
        }
        assert_eq!(Statement::new(Vec::new(), "t", Map::new()), Err(StatementError::NoSubject));
    }
}
