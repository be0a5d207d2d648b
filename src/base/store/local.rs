//! Blobs in a directory: `incoming/NAME` while they are written, `blobs/NA/ME…` once they are whole.
//!
//! Finishing syncs the file, renames it and syncs the directory it is now in: a rename is atomic but not durable by itself.
//! Writing goes past the page cache where the file system can do that, so that finishing has little left to wait for.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::{DirBuilderExt, FileExt},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use super::{
    BlobName, BlobReader, BlobStore, BlobWriter, StoreError,
    direct::{BlockWriter, Mode},
};
use crate::values::{ByteCount, UnixMillis, encode_hex};

/// Folder of the finished blobs in the store's own.
const BLOBS: &str = "blobs";
/// Sealed or not, files are their server's alone.
const FOLDER_MODE: u32 = 0o700;

/// A store in a directory of the local file system, which nothing else writes to.
#[derive(Debug, Clone)]
pub struct LocalStore {
    incoming: PathBuf,
    blobs: PathBuf,
    mode: Mode,
}

impl LocalStore {
    /// Opens the store in `directory`, making what is missing.
    ///
    /// # Errors
    /// [`StoreError::Full`], [`StoreError::Failed`].
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        let (incoming, blobs) = (directory.join("incoming"), directory.join(BLOBS));
        fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(&incoming)?;
        let store = Self { mode: Mode::of(&incoming), incoming, blobs };
        // Every shelf is made and made durable here, so that finishing a blob need not.
        (0..=u8::MAX).try_for_each(|shelf| fs::create_dir_all(store.blobs.join(encode_hex(&[shelf]))))?;
        sync_directory(&store.blobs)?;
        sync_directory(directory)?;
        sync_parent(directory)?;
        Ok(store)
    }

    /// The blobs of the store in `directory`, without opening it: nothing is made.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when there is no store or it cannot be read.
    pub fn names_in(directory: &Path) -> Result<Vec<BlobName>, StoreError> {
        names_below(&directory.join(BLOBS))
    }

    fn path(&self, name: BlobName) -> PathBuf {
        let (shelf, file) = name.shelf_and_file();
        self.blobs.join(shelf).join(file)
    }
}

impl BlobStore for LocalStore {
    fn begin(&self, name: BlobName) -> Result<Box<dyn BlobWriter>, StoreError> {
        let (temporary, destination) = (self.incoming.join(name.to_string()), self.path(name));
        if destination.try_exists()? {
            return Err(StoreError::Exists { name });
        }
        let file = self.mode.create(&temporary).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::Exists { name },
            _ => error.into(),
        })?;
        let temporary = Temporary(Some(temporary));
        Ok(Box::new(LocalWriter { blocks: BlockWriter::start(file, self.mode)?, temporary, destination }))
    }

    fn open(&self, name: BlobName) -> Result<Box<dyn BlobReader>, StoreError> {
        let file = File::open(self.path(name)).map_err(|error| or_absent(error, name))?;
        let length = ByteCount(file.metadata()?.len());
        Ok(Box::new(LocalReader { file, length }))
    }

    fn delete(&self, name: BlobName) -> Result<(), StoreError> {
        let path = self.path(name);
        fs::remove_file(&path).map_err(|error| or_absent(error, name))?;
        Ok(sync_parent(&path)?)
    }

    fn names(&self) -> Result<Vec<BlobName>, StoreError> {
        names_below(&self.blobs)
    }

    fn sweep(&self, older_than: UnixMillis) -> Result<usize, StoreError> {
        let mut removed = 0;
        for entry in fs::read_dir(&self.incoming)? {
            let entry = entry?;
            if last_touched(&entry)? < older_than {
                fs::remove_file(entry.path())?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

fn names_below(blobs: &Path) -> Result<Vec<BlobName>, StoreError> {
    let mut names = Vec::new();
    for shelf in fs::read_dir(blobs)? {
        let shelf = shelf?;
        if !shelf.file_type()?.is_dir() {
            continue;
        }
        for file in fs::read_dir(shelf.path())? {
            let joined = [shelf.file_name(), file?.file_name()].join("".as_ref());
            names.extend(joined.to_str().and_then(|text| text.parse::<BlobName>().ok()));
        }
    }
    names.sort();
    Ok(names)
}

struct LocalWriter {
    blocks: BlockWriter,
    temporary: Temporary,
    destination: PathBuf,
}

impl BlobWriter for LocalWriter {
    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        Ok(self.blocks.write(bytes)?)
    }

    fn finish(self: Box<Self>) -> Result<ByteCount, StoreError> {
        let Self { blocks, temporary, destination } = *self;
        let written = blocks.finish()?;
        let renamed = temporary.rename(destination)?;
        renamed.sync_and_keep()?;
        Ok(ByteCount(written))
    }
}

/// A file that is removed when dropped, unless it is kept.
struct Temporary(Option<PathBuf>);

impl Temporary {
    /// Renames the file; it is still removed when dropped.
    fn rename(mut self, destination: PathBuf) -> io::Result<Self> {
        if let Some(path) = &self.0 {
            fs::rename(path, &destination)?;
        }
        self.0 = Some(destination);
        Ok(self)
    }

    /// Makes the file's name durable.
    fn sync_and_keep(mut self) -> io::Result<()> {
        if let Some(path) = &self.0 {
            sync_parent(path)?;
        }
        self.0 = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.0
            && let Err(error) = fs::remove_file(path)
        {
            tracing::warn!(error.cause = %error, "an unfinished blob could not be removed; the next sweep will try again");
        }
    }
}

struct LocalReader {
    file: File,
    length: ByteCount,
}

impl BlobReader for LocalReader {
    fn length(&self) -> ByteCount {
        self.length
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        FileExt::read_exact_at(&self.file, buffer, offset)
    }
}

fn or_absent(error: io::Error, name: BlobName) -> StoreError {
    if error.kind() == io::ErrorKind::NotFound { StoreError::Absent { name } } else { error.into() }
}

fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_directory(parent),
        _ => Ok(()),
    }
}

fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn last_touched(entry: &fs::DirEntry) -> io::Result<UnixMillis> {
    let modified = entry.metadata()?.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(UnixMillis::new(i64::try_from(modified.as_millis()).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Entropy;

    struct Sequence(std::sync::atomic::AtomicU8);

    impl Entropy for Sequence {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    fn store() -> (tempfile::TempDir, LocalStore, Sequence) {
        let directory = tempfile::tempdir().unwrap();
        let store = LocalStore::open(directory.path()).unwrap();
        (directory, store, Sequence(1.into()))
    }

    fn put(store: &LocalStore, name: BlobName, bytes: &[u8]) {
        let mut writer = store.begin(name).unwrap();
        bytes.chunks(1000).for_each(|part| writer.write(part).unwrap());
        assert_eq!(writer.finish().unwrap(), ByteCount(bytes.len() as u64));
    }

    fn incoming(store: &LocalStore) -> usize {
        fs::read_dir(&store.incoming).unwrap().count()
    }

    #[test]
    fn finished_blobs_are_there_and_nowhere_else() {
        let (directory, store, entropy) = store();
        let (one, other) = (BlobName::generate(&entropy), BlobName::generate(&entropy));
        put(&store, other, &[2; 5000]);
        put(&store, one, b"");
        assert_eq!((store.names().unwrap(), incoming(&store)), (vec![one, other], 0));
        let reader = store.open(other).unwrap();
        let mut read = [0; 1000];
        reader.read_exact_at(&mut read, 4000).unwrap();
        assert_eq!((read, reader.length()), ([2; 1000], ByteCount(5000)));
        assert_eq!(reader.read_exact_at(&mut read, 4001).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(LocalStore::open(directory.path()).unwrap().names().unwrap().len(), 2);
    }

    #[test]
    fn unfinished_blobs_are_never_visible_and_vanish() {
        let (_directory, store, entropy) = store();
        let name = BlobName::generate(&entropy);
        let mut writer = store.begin(name).unwrap();
        writer.write(b"half").unwrap();
        assert!(matches!(store.open(name), Err(StoreError::Absent { .. })));
        assert!(matches!(store.begin(name), Err(StoreError::Exists { .. })));
        drop(writer);
        assert_eq!(incoming(&store), 0);
        put(&store, name, b"whole");
        assert!(matches!(store.begin(name), Err(StoreError::Exists { .. })));
    }

    #[test]
    fn deletion_is_for_good_but_lets_readers_finish() {
        let (_directory, store, entropy) = store();
        let name = BlobName::generate(&entropy);
        put(&store, name, b"bytes");
        let reader = store.open(name).unwrap();
        store.delete(name).unwrap();
        let mut read = [0; 5];
        reader.read_exact_at(&mut read, 0).unwrap();
        assert_eq!(&read, b"bytes");
        assert!(matches!(store.open(name), Err(StoreError::Absent { .. })));
        assert!(matches!(store.delete(name), Err(StoreError::Absent { .. })));
    }

    #[test]
    fn sweep_takes_what_a_crash_left_and_spares_the_living() {
        let (_directory, store, entropy) = store();
        let writer = store.begin(BlobName::generate(&entropy)).unwrap();
        fs::write(store.incoming.join("left"), b"over").unwrap();
        let old = UNIX_EPOCH + std::time::Duration::from_secs(1000);
        File::options().write(true).open(store.incoming.join("left")).unwrap().set_modified(old).unwrap();
        assert_eq!(store.sweep(UnixMillis::new(1_000_001)).unwrap(), 1);
        assert_eq!(incoming(&store), 1);
        writer.finish().unwrap();
    }

    #[test]
    fn full_and_failing_storage_are_told_apart() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert!(matches!(StoreError::from(full), StoreError::Full));
        let failing = io::Error::from(io::ErrorKind::PermissionDenied);
        assert!(matches!(StoreError::from(failing), StoreError::Failed(_)));
        let file = File::options().write(true).open("/dev/full").unwrap();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("temporary");
        fs::write(&path, b"").unwrap();
        let mut writer = LocalWriter {
            blocks: BlockWriter::start(file, Mode::Cached).unwrap(),
            temporary: Temporary(Some(path.clone())),
            destination: directory.path().join("blob"),
        };
        writer.write(b"bytes").unwrap();
        assert!(matches!(Box::new(writer).finish(), Err(StoreError::Full)));
        assert!(!path.exists() && !directory.path().join("blob").exists());
    }
}
