//! A log's public files over HTTP (C2SP tlog-tiles v0.1.0).

use std::cell::{Cell, RefCell};

use chancery_base::logs::{CheckpointError, FILE_BYTES, LogName, LogSource, NoteError, SourceError, VerifyError};

use crate::cli::{
    client::Client,
    error::CliError,
    message::{Message, say},
};

/// Path of the checkpoint below a log's prefix.
const CHECKPOINT: &str = "checkpoint";
/// What the paths of entry bundles start with.
const BUNDLES: &str = "tile/entries/";

/// A log of a server.
pub struct HttpSource<'a> {
    client: &'a Client,
    log: LogName,
    bundles: Cell<u64>,
    told: &'a dyn Fn(u64),
    checkpoint: RefCell<Vec<u8>>,
}

impl<'a> HttpSource<'a> {
    /// The log `log` of the server that `client` talks to; `told` hears how many entry bundles were fetched.
    pub const fn new(client: &'a Client, log: LogName, told: &'a dyn Fn(u64)) -> Self {
        Self { client, log, bundles: Cell::new(0), told, checkpoint: RefCell::new(Vec::new()) }
    }

    /// The checkpoint fetched last, byte for byte.
    pub fn last_checkpoint(&self) -> Vec<u8> {
        self.checkpoint.borrow().clone()
    }
}

impl LogSource for HttpSource<'_> {
    fn log(&self) -> LogName {
        self.log
    }

    fn fetch(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        let bytes = match self.client.bytes(&format!("/log/{}/{path}", self.log), FILE_BYTES) {
            Ok(bytes) => bytes,
            Err(CliError::Problem(problem)) if problem.status == 404 => return Ok(None),
            Err(error) => return Err(SourceError(error.to_string())),
        };
        if path == CHECKPOINT {
            self.checkpoint.borrow_mut().clone_from(&bytes);
        }
        if path.starts_with(BUNDLES) {
            self.bundles.set(self.bundles.get() + 1);
            (self.told)(self.bundles.get());
        }
        Ok(Some(bytes))
    }
}

/// What an error of verification means.
pub enum Meaning {
    /// The log was found wrong.
    Invalid(Message),
    /// Nothing was found out.
    Unknown(Message),
}

/// Tells a log that is wrong from one that could not be looked at or whose key nobody pinned.
pub fn meaning(log: LogName, error: &VerifyError) -> Meaning {
    match error {
        VerifyError::Checkpoint(CheckpointError::Note(NoteError::Unsigned)) => {
            Meaning::Unknown(say!("log-unpinned", log = log))
        }
        error if error.is_verdict() => Meaning::Invalid(say!("log-wrong", log = log, cause = error)),
        error => Meaning::Unknown(say!("log-unknown", log = log, cause = error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_unpinned_and_unreachable_are_three_things() {
        let is_invalid = |error: &VerifyError| matches!(meaning(LogName::Audit, error), Meaning::Invalid(_));
        assert!(is_invalid(&VerifyError::Entry { index: 3 }));
        assert!(is_invalid(&VerifyError::Missing { path: "tile/0/000".to_owned() }));
        let origin = "example.org/liability".parse().unwrap();
        assert!(is_invalid(&VerifyError::NotTheLog { log: LogName::Audit, origin }));
        let page = NoteError::Malformed { reason: "it has no blank line" };
        assert!(!is_invalid(&VerifyError::Checkpoint(CheckpointError::Note(page))));
        assert!(!is_invalid(&VerifyError::Checkpoint(CheckpointError::Note(NoteError::Unsigned))));
        assert!(!is_invalid(&VerifyError::Source(SourceError("refused".to_owned()))));
    }
}
