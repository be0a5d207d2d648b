//! The last checkpoint that was signed, kept in a file outside the database.
//!
//! A database that was restored from a backup, or a replica that lagged behind when it took over, is a whole and consistent
//! database: nothing in it tells that more was signed already. To sign on top of it would give the world two logs under one
//! key. So what was signed is remembered where a restored database does not bring back its own memory, and compared before
//! anything is placed or signed. The file goes with the signing key: processes that share the key must share the file.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::{
    checkpoint::{Checkpoint, SignedCheckpoint},
    error::LogError,
    name::LogName,
    note::NoteVerifier,
};

/// Mode of the file; what it says is public, who writes it is not.
const FILE_MODE: u32 = 0o600;

/// The file that remembers one log's last signed note. All processes that sign with the same key use the same one.
#[derive(Debug, Clone)]
pub struct LastSigned {
    file: PathBuf,
}

impl LastSigned {
    /// The memory of `log` in `folder`, which exists and is not restored together with the database.
    #[must_use]
    pub fn in_folder(folder: &Path, log: LogName) -> Self {
        Self { file: folder.join(format!("{log}-checkpoint.last")) }
    }

    /// The note that was signed last, as it was kept; `None` before the first time.
    ///
    /// # Errors
    /// [`LogError::Memory`] when the file cannot be read.
    pub(super) fn note(&self) -> Result<Option<String>, LogError> {
        match fs::read_to_string(&self.file) {
            Ok(note) => Ok(Some(note)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(self.failed(cause)),
        }
    }

    /// What was signed last; `None` before the first time.
    ///
    /// # Errors
    /// [`LogError::Memory`] when the file cannot be read or does not hold a note of this log.
    pub(super) fn read(&self, verifier: &NoteVerifier) -> Result<Option<Checkpoint>, LogError> {
        let Some(note) = self.note()? else { return Ok(None) };
        let signed = SignedCheckpoint::open(note.as_bytes(), &[verifier]);
        let signed = signed.map_err(|error| self.failed(io::Error::new(io::ErrorKind::InvalidData, error)))?;
        Ok(Some(signed.checkpoint().clone()))
    }

    /// Remembers `signed` durably, unless as much was signed before. To be called before anyone sees it.
    ///
    /// # Errors
    /// [`LogError::RolledBack`] when another root was signed for its size; [`LogError::Memory`] when the file cannot be
    /// read or written.
    pub(super) fn remember(
        &self,
        log: LogName,
        signed: &SignedCheckpoint,
        verifier: &NoteVerifier,
    ) -> Result<(), LogError> {
        let new = signed.checkpoint();
        // Other processes may be at it: the largest checkpoint stays, whoever comes last. Closing the file unlocks it.
        let _lock = self.lock().map_err(|cause| self.failed(cause))?;
        match self.read(verifier)? {
            Some(last) if last.size == new.size && last.root != new.root => {
                Err(LogError::RolledBack { log, published: last.size, stored: new.size })
            }
            Some(last) if last.size >= new.size => Ok(()),
            _ => self.replace(&signed.to_string()).map_err(|cause| self.failed(cause)),
        }
    }

    fn lock(&self) -> io::Result<File> {
        let path = self.file.with_added_extension("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(FILE_MODE).open(path)?;
        file.lock()?;
        Ok(file)
    }

    /// The file is at every moment the old one or the new one, whole, also after the power failed.
    fn replace(&self, note: &str) -> io::Result<()> {
        let draft = self.file.with_added_extension("draft");
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(FILE_MODE).open(&draft)?;
        file.write_all(note.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &self.file)?;
        self.file.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }

    fn failed(&self, cause: io::Error) -> LogError {
        LogError::Memory { file: self.file.clone(), cause }
    }
}
