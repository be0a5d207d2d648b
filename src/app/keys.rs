//! The server's own keys: made at the first start, kept in a folder of their own with mode 0600, refused when lost.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use chancery_base::{
    crypto::{CommitmentKey, KeyVersion, RootKey, SigningKey},
    values::Entropy,
};
use zeroize::Zeroizing;

/// Only the server's user reads keys.
pub(super) const KEY_FILE_MODE: u32 = 0o600;
pub(super) const KEY_FOLDER_MODE: u32 = 0o700;
/// The version of a root key that was never rotated.
const FIRST_VERSION: KeyVersion = KeyVersion(1);

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

/// The folder of keys.
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

    /// The root key `name`, made at the first call.
    pub fn root_key(&self, name: &str, entropy: &dyn Entropy) -> Result<RootKey, KeysError> {
        let path = self.folder.join(name);
        let text = self.read_or_make(&path, || RootKey::generate(FIRST_VERSION, entropy).expose())?;
        text.parse().map_err(|_| KeysError::Malformed { path })
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

    /// Writes a file that appears whole or not at all, and never over another.
    fn write_once(&self, path: &Path, text: &str) -> io::Result<()> {
        let draft = path.with_added_extension(format!("{}.draft", std::process::id()));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(KEY_FILE_MODE).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        match fs::hard_link(&draft, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => fs::remove_file(&draft)?,
        }
        fs::File::open(&self.folder)?.sync_all()
    }
}
