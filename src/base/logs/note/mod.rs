//! Signed notes: text that several keys may sign (C2SP signed-note v1.0.0).
//!
//! The text ends in a newline and may contain blank lines, so a note is divided at its *last* blank line. Signatures by
//! unknown keys are ignored; one signature by a known key that does not verify refuses the whole note.

mod key;

pub use key::{KeyId, KeyName, NoteSigner, NoteVerifier, VerifierError};

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::crypto::Signature;

/// Longest note read, in bytes; room for the signatures of many witnesses, post-quantum ones among them.
const NOTE_BYTES: usize = 1 << 18;
/// Most signatures read; the standard asks for at least 16.
const SIGNATURES: usize = 100;
/// What every signature line starts with: an em dash and a space.
const SIGNATURE_MARK: &str = "\u{2014} ";

/// Why bytes are not a note, or not one to trust.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not the form of a note.
    #[error("not a signed note: {reason}; fetch it again, byte for byte")]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
    /// A known key's signature does not verify.
    #[error("the signature of `{name}` does not verify; the note was changed or is not from this log")]
    BadSignature {
        /// The key's name.
        name: KeyName,
    },
    /// No known key signed.
    #[error("no known key signed the note; pin the log's key in a trust file")]
    Unsigned,
}

/// A text and its signatures, none of them judged yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NoteSignature {
    name: KeyName,
    id: KeyId,
    /// What follows the id; its form depends on the kind of key.
    bytes: Vec<u8>,
}

impl Note {
    /// Signs `text` with each of `signers`.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] when the text does not end in a newline or holds another control character.
    pub fn sign(text: String, signers: &[&NoteSigner]) -> Result<Self, NoteError> {
        check_characters(&text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::Malformed { reason: "the text does not end in a newline" });
        }
        let signatures = signers.iter().map(|signer| NoteSignature {
            name: signer.name().clone(),
            id: signer.id(),
            bytes: signer.sign(text.as_bytes()).to_bytes().to_vec(),
        });
        Ok(Self { signatures: signatures.collect(), text })
    }

    /// Reads a note without judging its signatures.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        let malformed = |reason| NoteError::Malformed { reason };
        if bytes.len() > NOTE_BYTES {
            return Err(malformed("it is too long"));
        }
        let note = std::str::from_utf8(bytes).map_err(|_| malformed("it is not UTF-8"))?;
        check_characters(note)?;
        let (text, lines) = note.rsplit_once("\n\n").ok_or_else(|| malformed("it has no blank line"))?;
        let lines = lines.strip_suffix('\n').ok_or_else(|| malformed("it does not end in a newline"))?;
        let signatures: Vec<_> = lines.split('\n').take(SIGNATURES + 1).map(parse_signature).collect();
        if signatures.len() > SIGNATURES {
            return Err(malformed("it has too many signatures"));
        }
        let signatures: Option<Vec<_>> = signatures.into_iter().collect();
        let signatures = signatures.ok_or_else(|| malformed("a signature line cannot be read"))?;
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// The signed text, its last newline included.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Checks the signatures of `known` keys and answers which of them signed, at least one.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] and [`NoteError::Unsigned`].
    pub fn verify<'a>(&self, known: &[&'a NoteVerifier]) -> Result<Vec<&'a NoteVerifier>, NoteError> {
        let mut signed = Vec::new();
        for signature in &self.signatures {
            let verifier = known.iter().find(|verifier| signature.is_by(verifier));
            let Some(verifier) = verifier else { continue };
            if !signature.verifies(verifier, &self.text) {
                return Err(NoteError::BadSignature { name: signature.name.clone() });
            }
            signed.push(*verifier);
        }
        if signed.is_empty() { Err(NoteError::Unsigned) } else { Ok(signed) }
    }
}

impl NoteSignature {
    fn is_by(&self, verifier: &NoteVerifier) -> bool {
        self.name == *verifier.name() && self.id == verifier.id()
    }

    fn verifies(&self, verifier: &NoteVerifier, text: &str) -> bool {
        let signature = self.bytes.as_slice().try_into().map(|bytes| Signature::from_bytes(&bytes));
        signature.is_ok_and(|signature| verifier.verify(text.as_bytes(), &signature))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| {
            let payload = [signature.id.as_bytes().as_slice(), &signature.bytes].concat();
            writeln!(formatter, "{SIGNATURE_MARK}{} {}", signature.name, STANDARD.encode(payload))
        })
    }
}

fn check_characters(text: &str) -> Result<(), NoteError> {
    let is_forbidden = |character: char| character < ' ' && character != '\n';
    if text.contains(is_forbidden) {
        return Err(NoteError::Malformed { reason: "it holds a control character" });
    }
    Ok(())
}

fn parse_signature(line: &str) -> Option<NoteSignature> {
    let (name, payload) = line.strip_prefix(SIGNATURE_MARK)?.split_once(' ')?;
    let payload = STANDARD.decode(payload).ok()?;
    let (id, bytes) = payload.split_first_chunk()?;
    if bytes.is_empty() {
        return None;
    }
    Some(NoteSignature { name: name.parse().ok()?, id: KeyId::from_bytes(*id), bytes: bytes.to_vec() })
}

#[cfg(test)]
pub(super) mod tests;
