//! The server's own keys: made at the first start, kept in a folder of their own with mode 0600, refused when lost. Only the root
//! key is ever replaced, when keys are destroyed.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use chancery_base::{
    crypto::{CommitmentKey, KeyVersion, RootKey, RootKeyError, RootKeyStore, SigningKey, StoredRootKeys},
    values::Entropy,
};
use zeroize::Zeroizing;

/// Only the server's user reads keys.
pub(super) const KEY_FILE_MODE: u32 = 0o600;
pub(super) const KEY_FOLDER_MODE: u32 = 0o700;
/// The version of a root key that was never replaced.
const FIRST_VERSION: KeyVersion = KeyVersion(1);
/// Name of the file that holds the root key in the folder of keys.
pub(super) const ROOT_KEY: &str = "root.key";
/// Name of the file that holds the key which is to replace it.
const NEXT_ROOT_KEY: &str = "root.key.next";

/// Why the keys could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A file could not be read or made.
    #[error("cannot read or make `{}`: {cause}; check that the folder is there and writable", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A file that is not what it should be.
    #[error("`{}` does not hold a key; restore it from a copy", path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
    },
}

/// Ending of a file that is being written.
const DRAFT: &str = ".draft";

/// The folder of keys.
#[derive(Clone)]
pub struct Keys {
    folder: PathBuf,
}

impl Keys {
    /// Opens the folder, making it when missing.
    pub fn open(folder: &Path) -> Result<Self, KeysError> {
        let made = fs::DirBuilder::new().recursive(true).mode(KEY_FOLDER_MODE).create(folder);
        made.map_err(|cause| KeysError::Io { path: folder.to_owned(), cause })?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Where the keys are, for what must be kept with them.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes the root key where there is none yet.
    pub fn make_root_key(&self, entropy: &dyn Entropy) -> Result<(), KeysError> {
        let path = self.folder.join(ROOT_KEY);
        self.read_or_make(&path, || RootKey::generate(FIRST_VERSION, entropy).expose()).map(drop)
    }

    /// The root key in the file `name`, if there is one.
    fn find_root_key(&self, name: &str) -> Result<Option<Arc<RootKey>>, KeysError> {
        let path = self.folder.join(name);
        match fs::read_to_string(&path).map(Zeroizing::new) {
            Ok(text) => text.parse().map(|key| Some(Arc::new(key))).map_err(|_| KeysError::Malformed { path }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(KeysError::Io { path, cause }),
        }
    }

    /// Puts the file `from` in the place of `to`, whose bytes are overwritten as far as the file system lets that be done.
    fn replace(&self, from: &str, to: &str) -> io::Result<()> {
        let (from, to) = (self.folder.join(from), self.folder.join(to));
        let old = OpenOptions::new().write(true).open(&to);
        match fs::rename(&from, &to) {
            // Another process has done it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            renamed => renamed?,
        }
        File::open(&self.folder)?.sync_all()?;
        let mut old = old?;
        let length = usize::try_from(old.metadata()?.len()).unwrap_or_default();
        old.write_all(&vec![0; length])?;
        old.sync_all()
    }

    /// The commitment key `name`, made at the first call.
    pub fn commitment_key(&self, name: &str, entropy: &dyn Entropy) -> Result<CommitmentKey, KeysError> {
        let path = self.folder.join(name);
        let text = self.read_or_make(&path, || CommitmentKey::generate(entropy).expose_hex())?;
        text.trim().parse().map_err(|_| KeysError::Malformed { path })
    }

    /// The signing key `name` as PKCS#8 PEM, made at the first call.
    pub fn signing_key(&self, name: &str, entropy: &dyn Entropy) -> Result<SigningKey, KeysError> {
        let path = self.folder.join(name);
        let text = self.read_or_make(&path, || SigningKey::generate(entropy).to_pem())?;
        SigningKey::from_pem(&text).map_err(|_| KeysError::Malformed { path })
    }

    /// A short text that is decided once and kept, such as the logs' origin.
    pub fn fixed_text(&self, name: &str, first: impl FnOnce() -> String) -> Result<String, KeysError> {
        let path = self.folder.join(name);
        Ok(self.read_or_make(&path, || Zeroizing::new(first()))?.trim().to_owned())
    }

    fn read_or_make(
        &self,
        path: &Path,
        make: impl FnOnce() -> Zeroizing<String>,
    ) -> Result<Zeroizing<String>, KeysError> {
        let failed = |cause| KeysError::Io { path: path.to_owned(), cause };
        match fs::read_to_string(path) {
            Ok(text) => Ok(Zeroizing::new(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.write_once(path, &make()).map_err(failed)?;
                // Another replica may have been first; what is on the disk counts.
                fs::read_to_string(path).map(Zeroizing::new).map_err(failed)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Removes drafts of root keys that a crash left: what is to be destroyed must not stay in one. Whoever is writing one at this moment
    /// fails and tries again.
    fn remove_drafts(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let is_draft = name.to_str().is_some_and(|name| name.starts_with(ROOT_KEY) && name.ends_with(DRAFT));
            if is_draft {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Writes a file that appears whole or not at all, and never over another.
    fn write_once(&self, path: &Path, text: &str) -> io::Result<()> {
        let draft = path.with_added_extension(format!("{}{DRAFT}", std::process::id()));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(KEY_FILE_MODE).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        match fs::hard_link(&draft, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => fs::remove_file(&draft)?,
        }
        File::open(&self.folder)?.sync_all()
    }
}

impl RootKeyStore for Keys {
    fn read(&self) -> Result<StoredRootKeys, RootKeyError> {
        let read = |name| self.find_root_key(name).map_err(|error| RootKeyError(error.to_string()));
        // The successor first: if it takes its place in between, it is read there.
        let successor = read(NEXT_ROOT_KEY)?;
        let missing = || RootKeyError(format!("there is none in `{}`", self.folder.display()));
        let current = read(ROOT_KEY)?.ok_or_else(missing)?;
        Ok(StoredRootKeys { successor: successor.filter(|next| next.version() > current.version()), current })
    }

    fn keep_successor(&self, successor: &RootKey) -> Result<(), RootKeyError> {
        self.write_once(&self.folder.join(NEXT_ROOT_KEY), &successor.expose()).map_err(failed)
    }

    fn drop_successor(&self) -> Result<(), RootKeyError> {
        match fs::remove_file(self.folder.join(NEXT_ROOT_KEY)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        }
    }

    fn promote(&self) -> Result<(), RootKeyError> {
        self.replace(NEXT_ROOT_KEY, ROOT_KEY).and_then(|()| self.remove_drafts()).map_err(failed)
    }
}

fn failed(error: io::Error) -> RootKeyError {
    RootKeyError(error.to_string())
}
