//! The server's own keys: made at the first start, kept in a folder of their own with mode 0600, refused when lost.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use chancery_base::{
    crypto::{Secret, SigningKey},
    values::{Entropy, decode_hex, encode_hex},
};
use zeroize::Zeroizing;

/// Only the server's user reads keys.
const KEY_FILE_MODE: u32 = 0o600;
const KEY_FOLDER_MODE: u32 = 0o700;

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

    /// The 32-byte secret `name`, made at the first call.
    pub fn secret(&self, name: &str, entropy: &dyn Entropy) -> Result<Secret<32>, KeysError> {
        let path = self.folder.join(name);
        let text = self.read_or_make(&path, || Zeroizing::new(encode_hex(Secret::<32>::generate(entropy).expose())))?;
        let bytes = decode_hex(text.trim()).map(Zeroizing::new);
        bytes.and_then(|bytes| Secret::copy_from(&bytes)).ok_or(KeysError::Malformed { path })
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
