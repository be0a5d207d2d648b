//! Checkpoints: what a log says it is at one moment (C2SP tlog-checkpoint v1.0.0).
//!
//! Three lines (origin, size, root) in a signed note whose key is named like the origin. Extension lines are read over and
//! never written.

use std::{fmt, str::FromStr};

use super::{
    merkle::TreeHash,
    name::LogName,
    note::{KeyName, Note, NoteError, NoteSigner, NoteVerifier},
};
use crate::values::Invalid;

/// Longest origin in bytes.
const ORIGIN_BYTES: usize = 200;

/// A log's name for ever: letters, digits and `.`, `-`, `_`, `/`, `:`, as in a URL without scheme.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(KeyName);

impl Origin {
    /// The name of the key that signs checkpoints: the origin itself.
    #[must_use]
    pub const fn key_name(&self) -> &KeyName {
        &self.0
    }

    /// Whether this is the origin of a registry's log of that name: `BASE/audit` or `BASE/liability`.
    #[must_use]
    pub fn is_of(&self, log: LogName) -> bool {
        self.base().is_some_and(|base| self.0.as_str().get(base.len() + 1..) == Some(log.as_str()))
    }

    /// What the origins of all logs of one registry begin with: everything before the last `/`.
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        self.0.as_str().rsplit_once('/').map(|(base, _)| base)
    }
}

impl FromStr for Origin {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/:".contains(&byte);
        let refused = || Invalid::new(text, "a log's origin (letters, digits and . - _ / : only)");
        if text.len() > ORIGIN_BYTES || !text.bytes().all(is_allowed) {
            return Err(refused());
        }
        text.parse().map(Self).map_err(|_| refused())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A log's origin, size and root.
///
/// ```
/// use chancery_base::logs::Checkpoint;
/// let text = "example.com/log\n2\nLyelCCwdQq+kiKw1Cp/EOQwIT1T3Hs3/hZ6Y24QptHk=\n";
/// let checkpoint: Checkpoint = text.parse()?;
/// assert_eq!((checkpoint.size, checkpoint.to_string().as_str()), (2, text));
/// # Ok::<(), chancery_base::values::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: Origin,
    /// Number of leaves.
    pub size: u64,
    /// Root over all of them.
    pub root: TreeHash,
}

impl Checkpoint {
    /// Signs this checkpoint.
    ///
    /// # Errors
    /// [`CheckpointError::OtherLog`] when the signer's name is not the origin.
    pub fn sign(&self, signer: &NoteSigner) -> Result<SignedCheckpoint, CheckpointError> {
        if signer.verifier().name() != self.origin.key_name() {
            return Err(CheckpointError::OtherLog { origin: self.origin.clone() });
        }
        let note = Note::sign(self.to_string(), &[signer])?;
        Ok(SignedCheckpoint { checkpoint: self.clone(), note })
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}\n{}\n{}\n", self.origin, self.size, self.root)
    }
}

impl FromStr for Checkpoint {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refused = || Invalid::new(text, "a checkpoint (lines of origin, size and root)");
        let lines: Vec<_> = text.strip_suffix('\n').ok_or_else(refused)?.split('\n').collect();
        let [origin, size, root, extensions @ ..] = lines.as_slice() else { return Err(refused()) };
        if extensions.iter().any(|line| line.is_empty()) {
            return Err(refused());
        }
        let checkpoint =
            Self { origin: origin.parse()?, size: size.parse().map_err(|_| refused())?, root: root.parse()? };
        // Refuses signs and leading zeros.
        if checkpoint.size.to_string() == *size { Ok(checkpoint) } else { Err(refused()) }
    }
}

/// Why a checkpoint is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text inside the note.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Signed by a key of another log.
    #[error("the checkpoint of `{origin}` is not signed by a key of that name; check which log it came from")]
    OtherLog {
        /// The origin it names.
        origin: Origin,
    },
}

/// A checkpoint whose log's signature was checked, with the note to hand on byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Opens a note with the pinned keys of logs; the key that signed must have the origin's name.
    ///
    /// # Errors
    /// Every [`CheckpointError`].
    pub fn open(note: &[u8], known: &[&NoteVerifier]) -> Result<Self, CheckpointError> {
        let note = Note::parse(note)?;
        let signed = note.verify(known)?;
        let checkpoint: Checkpoint = note.text().parse()?;
        if !signed.iter().any(|verifier| verifier.name() == checkpoint.origin.key_name()) {
            return Err(CheckpointError::OtherLog { origin: checkpoint.origin });
        }
        Ok(Self { checkpoint, note })
    }

    /// What the log says.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The signed note.
    #[must_use]
    pub const fn note(&self) -> &Note {
        &self.note
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::note::tests::signer;

    fn checkpoint(origin: &str) -> Checkpoint {
        Checkpoint { origin: origin.parse().unwrap(), size: 3, root: TreeHash::of_leaf(b"any") }
    }

    #[test]
    fn another_implementation_reads_ours() {
        let signed = checkpoint("example.com/log").sign(&signer("example.com/log", 1)).unwrap();
        let peer = tlog_tiles::Checkpoint::from_bytes(signed.note().text().as_bytes()).unwrap();
        assert_eq!(
            (peer.origin(), peer.size(), peer.hash().0),
            ("example.com/log", 3, *signed.checkpoint().root.as_bytes())
        );
    }

    #[test]
    fn only_the_logs_own_key_opens_it() {
        let (own, other) = (signer("example.com/log", 1), signer("example.com/other", 2));
        let note = checkpoint("example.com/log").sign(&own).unwrap().to_string();
        assert_eq!(SignedCheckpoint::open(note.as_bytes(), &[own.verifier()]).unwrap().to_string(), note);
        let unsigned = Err(CheckpointError::Note(NoteError::Unsigned));
        assert_eq!(SignedCheckpoint::open(note.as_bytes(), &[other.verifier()]), unsigned);
        // A pinned key of one log cannot vouch for another.
        let crossed = Note::sign(checkpoint("example.com/log").to_string(), &[&other]).unwrap().to_string();
        let opened = SignedCheckpoint::open(crossed.as_bytes(), &[own.verifier(), other.verifier()]);
        assert!(matches!(opened, Err(CheckpointError::OtherLog { .. })));
        assert!(checkpoint("example.com/log").sign(&other).is_err());
    }

    #[test]
    fn an_origin_says_which_log_it_is() {
        let origin = |text: &str| text.parse::<Origin>().unwrap();
        assert!(origin("example.com/audit").is_of(LogName::Audit));
        assert!(!origin("example.com/audit").is_of(LogName::Liability));
        for other in ["audit", "example.com/not-audit", "example.com/audit/promise", "example.com/audit/"] {
            assert!(!origin(other).is_of(LogName::Audit), "{other}");
        }
    }

    #[test]
    fn every_other_spelling_is_refused() {
        let root = TreeHash::of_leaf(b"any");
        assert!(format!("o\n0\n{root}\n").parse::<Checkpoint>().is_ok());
        assert!(format!("o\n1\n{root}\nextension\n").parse::<Checkpoint>().is_ok());
        for refused in [
            format!("o\n1\n{root}"),
            format!("o\n01\n{root}\n"),
            format!("o\n+1\n{root}\n"),
            format!("o\n-1\n{root}\n"),
            format!("o\n\n{root}\n"),
            format!("o\n18446744073709551616\n{root}\n"),
            format!("\n1\n{root}\n"),
            format!("o o\n1\n{root}\n"),
            format!("o*\n1\n{root}\n"),
            format!("o\n1\n{}\n", root.to_string().trim_end_matches('=')),
            format!("o\n1\n{root}\n\n"),
            "o\n1\n".to_owned(),
        ] {
            assert!(refused.parse::<Checkpoint>().is_err(), "{}", refused.escape_debug());
        }
    }
}
