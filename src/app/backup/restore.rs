//! Bringing a backup back, into a place where nothing is yet.
//!
//! Everything that can be found wrong is found before anything is written: the manifest, every digest, the keys, the target.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use chancery_base::{
    db,
    logs::{LogIdentity, LogName},
    store::{BlobStore, LocalStore, StoreError},
    values::{ByteCount, Sha256Digest},
};

use super::{
    DATABASE, STORE, Tell,
    error::BackupError,
    keys,
    manifest::{BlobThen, FileThen, Kind, LogThen, Manifest},
    take::pass_blob,
};
use crate::app::{Config, Keys, LOCK_FILE, SystemEntropy, lock_all, open_logs};

/// What the operator says of entries that may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Nothing: what was signed last must be remembered.
    Unsaid,
    /// The server was stopped before the backup was made and not started again.
    NothingSignedSince,
    /// Entries are lost for good, and the logs go on under another name.
    Accepted,
}

/// A registry that was brought back.
#[derive(Debug)]
pub struct Restored {
    /// The backup it came from.
    pub manifest: Manifest,
    /// How each log stands to what was signed of it.
    pub logs: Vec<Found>,
}

/// How a restored log stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which log.
    pub log: LogName,
    /// Entries that were restored.
    pub restored: u64,
    /// What that means.
    pub standing: Standing,
}

/// How a restored log stands to what was signed of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It has everything that was signed.
    Whole,
    /// Entries that were signed are missing.
    Older {
        /// Entries that were signed.
        signed: u64,
    },
    /// Nobody remembers what was signed.
    NotRemembered,
}

/// Brings the backup in `from` to where `config` says, which is empty; the keys are there already.
pub fn restore(config: &Config, from: &Path, loss: Loss, tell: Tell<'_>) -> Result<Restored, BackupError> {
    let manifest = Manifest::read(from)?;
    check_empty(config)?;
    let (backup, asked) = (manifest.database, Kind::of(&config.database));
    if backup != asked {
        return Err(BackupError::OtherKind { backup: backup.title(), asked: asked.title() });
    }
    db::require_known(&config.database, &manifest.schema)?;
    let logs = check_keys(config, &manifest)?;
    if let Some(found) = logs.iter().find(|found| found.standing == Standing::NotRemembered && loss == Loss::Unsaid) {
        return Err(BackupError::NotRemembered { folder: config.keys.clone(), log: found.log });
    }
    // Every byte is read twice, first to be checked and then to be copied.
    let total = manifest.bytes().saturating_mul(2);
    let mut done = 0;
    let mut told = |bytes: u64| {
        done += bytes;
        tell(done, total);
    };
    check_names(&manifest, &from.join(DATABASE))?;
    let kept = LocalStore::open(&from.join(STORE))?;
    check_digests(&manifest, &from.join(DATABASE), &kept, &mut told)?;
    let _locks = lock_all(config)?;
    let store = LocalStore::open(&config.store)?;
    for blob in &manifest.blobs {
        pass_blob(&*kept.open(blob.name)?, Some(store.begin(blob.name)?), blob.name, &|_| ())?;
        told(blob.bytes);
    }
    // Last: without it there is no registry.
    db::restore(&config.database, &from.join(DATABASE), &manifest.schema)?;
    Ok(Restored { manifest, logs })
}

fn check_empty(config: &Config) -> Result<(), BackupError> {
    for folder in [&config.data, &config.store] {
        if has_files(folder)? {
            return Err(BackupError::Occupied { what: folder.display().to_string() });
        }
    }
    if db::is_empty(&config.database)? {
        Ok(())
    } else {
        Err(BackupError::Occupied { what: format!("{:?}", config.database) })
    }
}

/// Whether anything but a lock is in `folder`.
fn has_files(folder: &Path) -> Result<bool, BackupError> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(entries.flatten().any(|entry| entry.file_name() != LOCK_FILE)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(BackupError::at(folder)(error)),
    }
}

/// Whether the keys are those of the registry, and what they remember of its logs.
fn check_keys(config: &Config, manifest: &Manifest) -> Result<Vec<Found>, BackupError> {
    keys::check_complete(&config.keys)?;
    let opened = open_logs(&Keys::open(&config.keys)?, None, &SystemEntropy)?;
    let mut found = Vec::new();
    for then in &manifest.logs {
        let identity = match then.log {
            LogName::Audit => &opened.audit,
            LogName::Liability => &opened.liability,
        };
        if identity.origin().to_string() != then.origin || identity.verifier().to_string() != then.verifier {
            return Err(BackupError::OtherKeys { folder: config.keys.clone(), origin: then.origin.clone() });
        }
        found.push(Found { log: then.log, restored: then.size, standing: standing(identity, then)? });
    }
    Ok(found)
}

fn standing(identity: &LogIdentity, then: &LogThen) -> Result<Standing, BackupError> {
    Ok(match identity.last_signed()? {
        None => Standing::NotRemembered,
        Some(last) if last.size > then.size => Standing::Older { signed: last.size },
        Some(_) => Standing::Whole,
    })
}

/// Reads every file of the backup and compares it with the manifest.
fn check_digests(
    manifest: &Manifest,
    database: &Path,
    store: &LocalStore,
    told: &mut dyn FnMut(u64),
) -> Result<(), BackupError> {
    for FileThen { name, bytes, sha256 } in &manifest.files {
        let path = database.join(name);
        let file = File::open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => changed(&path, true),
            _ => BackupError::at(&path)(error),
        })?;
        if Sha256Digest::of_stream(file).map_err(BackupError::at(&path))? != (*sha256, ByteCount(*bytes)) {
            return Err(changed(&path, false));
        }
        told(*bytes);
    }
    for blob in &manifest.blobs {
        let found = match store.open(blob.name) {
            Ok(reader) => pass_blob(&*reader, None, blob.name, &|_| ())?,
            Err(StoreError::Absent { .. }) => return Err(changed(&path_of(blob), true)),
            Err(error) => return Err(error.into()),
        };
        if found != *blob {
            return Err(changed(&path_of(blob), false));
        }
        told(blob.bytes);
    }
    Ok(())
}

/// Whether the files of the database are those of the manifest: one too many would be rows that nobody backed up.
fn check_names(manifest: &Manifest, database: &Path) -> Result<(), BackupError> {
    for entry in fs::read_dir(database).map_err(BackupError::at(database))? {
        let entry = entry.map_err(BackupError::at(database))?;
        if !manifest.files.iter().any(|file| *file.name == *entry.file_name()) {
            return Err(changed(&entry.path(), false));
        }
    }
    Ok(())
}

fn changed(file: &Path, is_missing: bool) -> BackupError {
    BackupError::Changed { file: file.to_owned(), is_missing }
}

/// How the messages name a sealed file of a backup.
fn path_of(blob: &BlobThen) -> PathBuf {
    Path::new(STORE).join(blob.name.to_string())
}
