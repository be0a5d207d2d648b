//! The last checkpoint this machine saw of each log, kept so that a log cannot be rewritten behind its back.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use chancery_base::{
    logs::{Checkpoint, LogName, Note, VerifyError},
    values::Sha256Digest,
};

use crate::cli::{
    client::ServerAddress,
    directories,
    error::CliError,
    message::{Message, say},
};

/// Where the checkpoints of one log are kept.
pub struct Remembered {
    file: PathBuf,
}

impl Remembered {
    /// The memory of what `server` shows as its `log`, below the state folder. The log's own origin is not asked: a server
    /// that shows another log today than yesterday would have the memory of that one looked up.
    #[must_use]
    pub fn of(server: &ServerAddress, log: LogName, state: &Path) -> Self {
        // Addresses hold slashes and colons; their digest is a file name everywhere.
        let name = Sha256Digest::of(format!("{server}\n{log}").as_bytes());
        Self { file: state.join("checkpoints").join(format!("{name}.note")) }
    }

    /// The last checkpoint seen, if any.
    ///
    /// # Errors
    /// [`CliError::Local`] if what is kept cannot be read; it is not forgotten because of that.
    pub fn last(&self) -> Result<Option<Checkpoint>, CliError> {
        let note = match fs::read(&self.file) {
            Ok(note) => note,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(CliError::unreadable(&self.file, &error)),
        };
        let damaged = |cause: &dyn std::fmt::Display| {
            CliError::unverifiable(say!("watch-damaged", file = self.file.display(), cause = cause))
        };
        let note = Note::parse(&note).map_err(|error| damaged(&error))?;
        note.text().parse().map(Some).map_err(|error| damaged(&error))
    }

    /// Remembers `note`, which is of a log of `size` entries, unless more was seen meanwhile.
    ///
    /// # Errors
    /// [`CliError::Local`] if it cannot be written, or what is kept cannot be read.
    pub fn remember(&self, note: &[u8], size: u64) -> Result<(), CliError> {
        if self.last()?.is_some_and(|last| last.size > size) {
            return Ok(());
        }
        directories::replace(&self.file, note).map_err(|error| CliError::unwritable(&self.file, &error))
    }

    /// Remembers `note`, which is of a log that goes on under another name; what was seen of the old one stays beside it.
    ///
    /// # Errors
    /// [`CliError::Local`] if it cannot be written, or what is kept cannot be read.
    pub fn begin_anew(&self, note: &[u8]) -> Result<PathBuf, CliError> {
        let unwritable = |error: io::Error| CliError::unwritable(&self.file, &error);
        let old = fs::read(&self.file).map_err(|error| CliError::unreadable(&self.file, &error))?;
        let aside = self.file.with_extension(format!("ended-{}.note", Sha256Digest::of(&old)));
        directories::replace(&aside, &old).map_err(unwritable)?;
        directories::replace(&self.file, note).map_err(unwritable)?;
        Ok(aside)
    }

    /// Keeps the note of a log that was found wrong as evidence, and answers what to say and where it is.
    ///
    /// # Errors
    /// [`CliError::Local`] if it cannot be written.
    pub fn accuse(&self, log: LogName, error: &VerifyError, note: &[u8]) -> Result<(Message, PathBuf), CliError> {
        let evidence = self.keep_evidence(note)?;
        let message = match error {
            VerifyError::Older { .. } => {
                say!("watch-older", log = log, cause = error, evidence = evidence.display())
            }
            VerifyError::OtherLog { .. } => {
                say!("watch-other", log = log, cause = error, evidence = evidence.display())
            }
            VerifyError::NotContinued { .. } => {
                say!("watch-fork", log = log, cause = error, evidence = evidence.display())
            }
            _ => say!("watch-wrong", log = log, cause = error, evidence = evidence.display()),
        };
        Ok((message, evidence))
    }

    /// Keeps a note that contradicts the one remembered, and answers where: together they are evidence.
    ///
    /// # Errors
    /// [`CliError::Local`] if it cannot be written.
    fn keep_evidence(&self, note: &[u8]) -> Result<PathBuf, CliError> {
        let digest = Sha256Digest::of(note);
        let file = self.file.with_extension(format!("conflict-{digest}.note"));
        directories::replace(&file, note).map_err(|error| CliError::unwritable(&file, &error))?;
        Ok(file)
    }
}
