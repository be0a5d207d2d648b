//! Trust files: the keys that whoever verifies has pinned, one a line, in the manner of C2SP tlog-policy.
//!
//! ```text
//! # comment
//! log <vkey>
//! promise <vkey>
//! signer <name> <Ed25519 public key in base64>
//! ```

use std::{fmt, str::FromStr};

use super::note::{NoteVerifier, VerifierError};
use crate::crypto::{KeyError, VerifyingKey};

/// An owner's or licensee's key, pinned under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedSigner {
    /// Whose key it is, in the words of whoever wrote the trust file.
    pub name: String,
    /// The key.
    pub key: VerifyingKey,
}

/// Pinned keys, each for one use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// Keys that sign checkpoints.
    pub logs: Vec<NoteVerifier>,
    /// Keys that sign inclusion promises.
    pub promises: Vec<NoteVerifier>,
    /// Keys that sign manifests and acceptances.
    pub signers: Vec<TrustedSigner>,
}

/// Why a trust file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the trust file: {reason}")]
pub struct TrustError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: TrustProblem,
}

/// What is wrong with a line of a trust file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustProblem {
    /// Not one of the three forms.
    #[error("expected `log VKEY`, `promise VKEY`, `signer NAME KEY`, or a comment that starts with `#`")]
    Form,
    /// A verifier key that cannot be used.
    #[error(transparent)]
    Verifier(#[from] VerifierError),
    /// A signer's key that cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Trust {
    /// The keys that sign checkpoints, to be handed to [`super::SignedCheckpoint::open`].
    #[must_use]
    pub fn log_keys(&self) -> Vec<&NoteVerifier> {
        self.logs.iter().collect()
    }

    /// The keys that sign promises, to be handed to [`super::Promise::open`].
    #[must_use]
    pub fn promise_keys(&self) -> Vec<&NoteVerifier> {
        self.promises.iter().collect()
    }

    /// The pinned signer with this key.
    #[must_use]
    pub fn signer(&self, key: &VerifyingKey) -> Option<&TrustedSigner> {
        self.signers.iter().find(|signer| signer.key == *key)
    }

    fn read_line(&mut self, line: &str) -> Result<(), TrustProblem> {
        let words: Vec<_> = line.split_ascii_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [first, ..] if first.starts_with('#') => {}
            ["log", vkey] => self.logs.push(vkey.parse()?),
            ["promise", vkey] => self.promises.push(vkey.parse()?),
            ["signer", name, key] => {
                self.signers.push(TrustedSigner { name: (*name).to_owned(), key: key.parse()? });
            }
            _ => return Err(TrustProblem::Form),
        }
        Ok(())
    }
}

impl FromStr for Trust {
    type Err = TrustError;

    fn from_str(text: &str) -> Result<Self, TrustError> {
        let mut trust = Self::default();
        for (number, line) in text.lines().enumerate() {
            trust.read_line(line).map_err(|reason| TrustError { line: number + 1, reason })?;
        }
        Ok(trust)
    }
}

impl fmt::Display for Trust {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.logs.iter().try_for_each(|vkey| writeln!(formatter, "log {vkey}"))?;
        self.promises.iter().try_for_each(|vkey| writeln!(formatter, "promise {vkey}"))?;
        self.signers.iter().try_for_each(|signer| writeln!(formatter, "signer {} {}", signer.name, signer.key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crypto::{Secret, SigningKey},
        logs::note::tests::signer,
    };

    #[test]
    fn a_trust_file_round_trips() {
        let key = SigningKey::from_seed(&Secret::copy_from(&[3; 32]).unwrap()).verifying_key();
        let (log, promise) = (signer("example.com/log", 1), signer("example.com/log/promise", 2));
        let text = format!("log {}\npromise {}\nsigner acme {key}\n", log.verifier(), promise.verifier());
        let trust: Trust = format!("# pinned in March\n\n{text}").parse().unwrap();
        assert_eq!(trust.to_string(), text);
        assert_eq!((trust.log_keys(), trust.promise_keys()), (vec![log.verifier()], vec![promise.verifier()]));
        assert_eq!(trust.signer(&key).unwrap().name, "acme");
    }

    #[test]
    fn errors_name_the_line() {
        let refused = |line: &str| format!("# comment\n\n{line}\n").parse::<Trust>().unwrap_err();
        for form in ["logs x", "log", "log a b", "signer name", "witness name key"] {
            assert_eq!(refused(form), TrustError { line: 3, reason: TrustProblem::Form }, "{form}");
        }
        assert_eq!(refused("log name").reason, TrustProblem::Verifier(VerifierError::Malformed));
        assert!(matches!(refused("signer acme AAAA").reason, TrustProblem::Key(_)));
        assert!(refused("log name").to_string().starts_with("line 3 of the trust file: "));
    }
}
