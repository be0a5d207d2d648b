//! Inclusion promises: what a caller gets at once, before the sequencer has given its entry a place.
//!
//! A signed note whose text is four lines: what it is, the origin, the leaf hash, the time in milliseconds. Its key is named
//! `<origin>/promise` and signs nothing else, so that a promise can never pass for a checkpoint. A promise without a later
//! proof of inclusion is evidence against the operator.

use std::{fmt, str::FromStr};

use super::{
    checkpoint::Origin,
    merkle::TreeHash,
    note::{KeyName, Note, NoteError, NoteSigner, NoteVerifier},
};
use crate::values::{Invalid, UnixMillis};

/// First line of every promise's text.
const FIRST_LINE: &str = "chancery inclusion promise v1";

/// The name of the key that signs the promises of a log.
///
/// # Errors
/// [`Invalid`] when the origin leaves no room for it.
pub fn promise_key_name(origin: &Origin) -> Result<KeyName, Invalid> {
    format!("{origin}/promise").parse()
}

/// A log's word that a leaf will be in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// Which log.
    pub origin: Origin,
    /// Hash of the leaf.
    pub leaf: TreeHash,
    /// When the leaf was made durable.
    pub promised_at: UnixMillis,
}

/// Why a promise is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PromiseError {
    /// The note around it.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text inside the note.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Signed by a key that does not sign promises of that log.
    #[error("the promise of `{origin}` is not signed by `{origin}/promise`; check which log it came from")]
    OtherKey {
        /// The origin it names.
        origin: Origin,
    },
}

impl Promise {
    /// Signs this promise.
    ///
    /// # Errors
    /// [`PromiseError::OtherKey`] when the signer is not named for it.
    pub fn sign(&self, signer: &NoteSigner) -> Result<Note, PromiseError> {
        self.check_key(signer.verifier())?;
        Ok(Note::sign(self.to_string(), &[signer])?)
    }

    /// Opens a promise with the pinned keys of logs' promises.
    ///
    /// # Errors
    /// Every [`PromiseError`].
    pub fn open(note: &[u8], known: &[&NoteVerifier]) -> Result<Self, PromiseError> {
        let note = Note::parse(note)?;
        let signed = note.verify(known)?;
        let promise: Self = note.text().parse()?;
        match signed.into_iter().find(|verifier| promise.check_key(verifier).is_ok()) {
            Some(_) => Ok(promise),
            None => Err(PromiseError::OtherKey { origin: promise.origin }),
        }
    }

    fn check_key(&self, verifier: &NoteVerifier) -> Result<(), PromiseError> {
        if *verifier.name() == promise_key_name(&self.origin)? {
            Ok(())
        } else {
            Err(PromiseError::OtherKey { origin: self.origin.clone() })
        }
    }
}

impl fmt::Display for Promise {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{FIRST_LINE}\n{}\n{}\n{}", self.origin, self.leaf, self.promised_at.as_millis())
    }
}

impl FromStr for Promise {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refused =
            || Invalid::new(text, "an inclusion promise (its name, origin, leaf hash and time in milliseconds)");
        let lines: Vec<_> = text.strip_suffix('\n').ok_or_else(refused)?.split('\n').collect();
        let [FIRST_LINE, origin, leaf, time] = lines.as_slice() else { return Err(refused()) };
        let promised_at = time.parse().map(UnixMillis::new).map_err(|_| refused())?;
        let promise = Self { origin: origin.parse()?, leaf: leaf.parse()?, promised_at };
        if promise.to_string() == text { Ok(promise) } else { Err(refused()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{checkpoint::SignedCheckpoint, note::tests::signer};

    fn promise() -> Promise {
        Promise {
            origin: "example.com/log".parse().unwrap(),
            leaf: TreeHash::of_leaf(b"entry"),
            promised_at: UnixMillis::new(1_700_000_000_123),
        }
    }

    #[test]
    fn a_promise_round_trips() {
        let signer = signer("example.com/log/promise", 1);
        let note = promise().sign(&signer).unwrap().to_string();
        assert_eq!(Promise::open(note.as_bytes(), &[signer.verifier()]), Ok(promise()));
        for index in 0..note.len() {
            let mut bytes = note.clone().into_bytes();
            bytes[index] ^= 1;
            assert!(Promise::open(&bytes, &[signer.verifier()]).is_err(), "byte {index}");
        }
    }

    #[test]
    fn no_key_has_two_uses() {
        let (log_key, promise_key) = (signer("example.com/log", 1), signer("example.com/log/promise", 2));
        assert!(matches!(promise().sign(&log_key), Err(PromiseError::OtherKey { .. })));
        let crossed = Note::sign(promise().to_string(), &[&log_key]).unwrap().to_string();
        let both = [log_key.verifier(), promise_key.verifier()];
        assert!(matches!(Promise::open(crossed.as_bytes(), &both), Err(PromiseError::OtherKey { .. })));
        let note = promise().sign(&promise_key).unwrap().to_string();
        assert!(SignedCheckpoint::open(note.as_bytes(), &both).is_err());
    }
}
