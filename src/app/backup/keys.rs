//! Copies of the keys, which are kept apart from the backups that they open.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::error::BackupError;
use crate::app::{
    KEY_FILES,
    config::whole,
    keys::{KEY_FILE_MODE, KEY_FOLDER_MODE},
};

/// Refuses a folder for keys that is in the backup, or has it inside.
pub(super) fn check_apart(keys: &Path, backup: &Path) -> Result<(), BackupError> {
    let (own, backup) = (whole(keys), whole(backup));
    if own.starts_with(&backup) || backup.starts_with(&own) {
        return Err(BackupError::KeysInBackup { folder: keys.to_owned() });
    }
    Ok(())
}

/// Copies every key from one folder to another, new one. What was signed last is not copied: restored with an old backup it would
/// say that nothing was signed since (decision 14).
pub(super) fn copy(from: &Path, to: &Path) -> Result<PathBuf, BackupError> {
    check_complete(from)?;
    let made = DirBuilder::new().recursive(true).mode(KEY_FOLDER_MODE).create(to);
    made.map_err(BackupError::at(to))?;
    for name in KEY_FILES {
        let (source, copy) = (from.join(name), to.join(name));
        let key = Zeroizing::new(fs::read(&source).map_err(BackupError::at(&source))?);
        match fs::read(&copy).map(Zeroizing::new) {
            Ok(there) if there == key => continue,
            Ok(_) => return Err(BackupError::OlderKeys { file: copy }),
            Err(_) => {}
        }
        // Another key of that name is never overwritten: it may be the only copy.
        write_new(&copy, &key).map_err(BackupError::at(&copy))?;
    }
    File::open(to).and_then(|folder| folder.sync_all()).map_err(BackupError::at(to))?;
    Ok(to.to_owned())
}

/// Refuses a folder that lacks a key.
pub(super) fn check_complete(folder: &Path) -> Result<(), BackupError> {
    let missing: Vec<_> = KEY_FILES.into_iter().filter(|name| !folder.join(name).is_file()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(BackupError::KeysMissing { folder: folder.to_owned(), missing: missing.join(", ") })
}

fn write_new(path: &Path, key: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(KEY_FILE_MODE).open(path)?;
    file.write_all(key)?;
    file.sync_all()
}
