//! Making a backup, while the registry is served or not.
//!
//! The database first, at one moment; then every sealed file that it names, which never change. One may be removed in between,
//! because an upload was given up: then the database is copied again. Into the folder of an earlier backup only what is new
//! is copied, and what is no longer named leaves it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, DirBuilder, File, TryLockError},
    io::{self, Read},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use chancery_base::{
    db::{self, AnyConnection},
    logs::{self, LogError, LogName},
    store::{BlobName, BlobReader, BlobStore, BlobWriter, LocalStore, StoreError},
    values::{Clock, Sha256Digest},
};
use chancery_domain::artifacts;

use super::{
    DATABASE, STORE, Tell,
    error::BackupError,
    keys,
    manifest::{BlobThen, FileThen, Kind, Manifest},
};
use crate::app::{Config, DATA_FOLDER_MODE};

/// How often the database is copied again because a file that it names was removed meanwhile.
const ATTEMPTS: usize = 5;
const LOCK: &str = "lock";
/// Bytes copied at a time.
const BUFFER_BYTES: usize = 1 << 20;

/// A backup that was made.
#[derive(Debug)]
pub struct Taken {
    /// What it consists of.
    pub manifest: Manifest,
    /// Sealed files that were there already, from an earlier backup.
    pub kept: usize,
    /// Where the keys were copied to.
    pub keys: Option<PathBuf>,
}

/// What the copied database says.
struct Seen {
    logs: Vec<logs::Standing>,
    named: BTreeSet<BlobName>,
}

/// Makes a backup of the registry that `config` describes in the folder `to`, and copies its keys to another folder where one
/// is named.
pub fn take(
    config: &Config,
    to: &Path,
    keys_to: Option<&Path>,
    clock: &dyn Clock,
    tell: Tell<'_>,
) -> Result<Taken, BackupError> {
    // Nothing is made in a folder that holds no store.
    LocalStore::names_in(&config.store)?;
    let source = LocalStore::open(&config.store)?;
    if let Some(folder) = keys_to {
        keys::check_apart(folder, to)?;
    }
    let _lock = prepare(to)?;
    let earlier = Manifest::put_aside(to)?;
    let target = LocalStore::open(&to.join(STORE))?;
    target.sweep(clock.now())?;
    let mut copying = Copying { source, known: reusable(earlier.as_ref(), &target)?, target, kept: 0 };
    let (mut manifest, named) = copy_consistently(config, to, clock, tell, &mut copying)?;
    for name in copying.target.names()?.into_iter().filter(|name| !named.contains(name)) {
        copying.target.delete(name)?;
    }
    manifest.blobs = named.iter().filter_map(|name| copying.known.get(name).cloned()).collect();
    let keys = keys_to.map(|folder| keys::copy(&config.keys, folder)).transpose()?;
    manifest.write(to)?;
    Ok(Taken { manifest, kept: copying.kept, keys })
}

/// Copies the database, and the sealed files it names, until nothing was removed in between.
fn copy_consistently(
    config: &Config,
    to: &Path,
    clock: &dyn Clock,
    tell: Tell<'_>,
    copying: &mut Copying,
) -> Result<(Manifest, BTreeSet<BlobName>), BackupError> {
    let mut attempt = 1;
    loop {
        let taken_at = clock.now();
        let folder = emptied(&to.join(DATABASE))?;
        let db::Snapshot { schema, seen } = db::snapshot(&config.database, &folder, look)?;
        let mut manifest = Manifest::new(taken_at, Kind::of(&config.database), schema, seen.logs);
        manifest.files = described(&folder)?;
        match copying.copy(&seen.named, tell) {
            Ok(()) => return Ok((manifest, seen.named)),
            Err(StoreError::Absent { name }) if attempt == ATTEMPTS => return Err(BackupError::BlobMissing { name }),
            Err(StoreError::Absent { .. }) => attempt += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

fn look(connection: &mut AnyConnection) -> Result<Seen, LogError> {
    let mut standing = Vec::new();
    for log in LogName::ALL {
        standing.extend(logs::standing(connection, log)?);
    }
    Ok(Seen { logs: standing, named: artifacts::blob_names(connection)?.into_iter().collect() })
}

/// Makes and locks the folder, unless it holds something else than a backup.
fn prepare(to: &Path) -> Result<File, BackupError> {
    let failed = BackupError::at(to);
    DirBuilder::new().recursive(true).mode(DATA_FOLDER_MODE).create(to).map_err(&failed)?;
    let is_empty = fs::read_dir(to).map_err(&failed)?.next().is_none();
    // A backup that was cut short at its first attempt has no manifest, but a lock.
    if !is_empty && !Manifest::is_in(to) && !to.join(LOCK).exists() {
        return Err(BackupError::NotABackup { folder: to.to_owned() });
    }
    let lock = File::options().create(true).truncate(false).write(true).open(to.join(LOCK)).map_err(&failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(BackupError::Busy { folder: to.to_owned() }),
        Err(TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

fn emptied(folder: &Path) -> Result<PathBuf, BackupError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(BackupError::at(folder)(error)),
        _ => fs::create_dir(folder).map_err(BackupError::at(folder))?,
    }
    Ok(folder.to_owned())
}

/// The files in `folder`, by name.
fn described(folder: &Path) -> Result<Vec<FileThen>, BackupError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(BackupError::at(folder))? {
        let path = entry.map_err(BackupError::at(folder))?.path();
        let file = File::open(&path).map_err(BackupError::at(&path))?;
        let (sha256, bytes) = Sha256Digest::of_stream(file).map_err(BackupError::at(&path))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push(FileThen { name, bytes: bytes.0, sha256 });
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

/// The sealed files of an earlier backup that are there, as long as they were.
fn reusable(earlier: Option<&Manifest>, target: &LocalStore) -> Result<BTreeMap<BlobName, BlobThen>, BackupError> {
    let mut reusable = BTreeMap::new();
    for blob in earlier.map(|manifest| manifest.blobs.as_slice()).unwrap_or_default() {
        match target.open(blob.name) {
            Ok(reader) if reader.length().0 == blob.bytes => drop(reusable.insert(blob.name, blob.clone())),
            Ok(_) | Err(StoreError::Absent { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(reusable)
}

struct Copying {
    source: LocalStore,
    target: LocalStore,
    /// What is in the target and known to be whole.
    known: BTreeMap<BlobName, BlobThen>,
    /// How many of the files asked for last were there already.
    kept: usize,
}

impl Copying {
    fn copy(&mut self, named: &BTreeSet<BlobName>, tell: Tell<'_>) -> Result<(), StoreError> {
        let missing: Vec<_> = named.iter().filter(|name| !self.known.contains_key(name)).copied().collect();
        self.kept = named.len() - missing.len();
        let readers: Vec<_> = missing
            .iter()
            .map(|name| Ok((*name, self.source.open(*name)?.length().0)))
            .collect::<Result<_, StoreError>>()?;
        let total = readers.iter().map(|(_, bytes)| bytes).sum();
        let mut done = 0;
        for (name, bytes) in readers {
            let blob = self.copy_one(name, &|copied| tell(done + copied, total))?;
            self.known.insert(name, blob);
            done += bytes;
        }
        Ok(())
    }

    fn copy_one(&self, name: BlobName, tell: &dyn Fn(u64)) -> Result<BlobThen, StoreError> {
        match self.target.delete(name) {
            // What an earlier attempt left there is not known to be whole.
            Ok(()) | Err(StoreError::Absent { .. }) => {}
            Err(error) => return Err(error),
        }
        pass_blob(&*self.source.open(name)?, Some(self.target.begin(name)?), name, tell)
    }
}

/// Hashes one sealed file, and copies it on its way where it is to go anywhere.
pub(super) fn pass_blob(
    from: &dyn BlobReader,
    to: Option<Box<dyn BlobWriter>>,
    name: BlobName,
    tell: &dyn Fn(u64),
) -> Result<BlobThen, StoreError> {
    let mut passing = Passing { from, to, done: 0, failed: None, tell };
    let hashed = Sha256Digest::of_stream(&mut passing);
    if let Some(error) = passing.failed {
        return Err(error);
    }
    let (sha256, bytes) = hashed?;
    passing.to.map_or(Ok(()), |to| to.finish().map(drop))?;
    Ok(BlobThen { name, bytes: bytes.0, sha256 })
}

/// A sealed file that is written elsewhere as it is read.
struct Passing<'a> {
    from: &'a dyn BlobReader,
    to: Option<Box<dyn BlobWriter>>,
    done: u64,
    failed: Option<StoreError>,
    tell: &'a dyn Fn(u64),
}

impl Read for Passing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.from.length().0 - self.done).unwrap_or(usize::MAX);
        let length = left.min(buffer.len()).min(BUFFER_BYTES);
        let Some(part) = buffer.get_mut(..length) else { return Ok(0) };
        self.from.read_exact_at(part, self.done)?;
        if let Some(Err(error)) = self.to.as_mut().map(|to| to.write(part)) {
            self.failed = Some(error);
            return Err(io::Error::other("the copy cannot be written"));
        }
        self.done += length as u64;
        (self.tell)(self.done);
        Ok(length)
    }
}
