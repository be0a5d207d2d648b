//! Reading a private key from its file.

use std::path::{Path, PathBuf};

use chancery_base::crypto::SigningKey;

use crate::cli::{context::Context, error::CliError, message::say, text_file::read_text};

/// Largest key file that is read, in bytes; an Ed25519 key in PEM has 119.
const LARGEST_KEY: u64 = 4 << 10;

/// A private key, and where it was read.
pub struct SigningAs {
    /// The file.
    pub file: PathBuf,
    /// The key in it.
    pub key: SigningKey,
}

/// Reads the key in `file`, or the one `keygen` writes by default.
///
/// # Errors
/// [`CliError::Local`] if it is not there, not an Ed25519 key, or readable by others.
pub fn read(file: Option<&Path>, context: &Context) -> Result<SigningAs, CliError> {
    let file = file.map_or_else(|| context.directories.signing_key(), Path::to_owned);
    if !file.exists() {
        return Err(CliError::failure(say!("key-missing", file = file.display())));
    }
    refuse_shared(&file)?;
    let text = zeroize::Zeroizing::new(read_text(&file, LARGEST_KEY)?);
    match SigningKey::from_pem(&text) {
        Ok(key) => Ok(SigningAs { file, key }),
        Err(error) => Err(CliError::failure(say!("key-unusable", file = file.display(), cause = error))),
    }
}

/// A private key that others can read is not private.
#[cfg(unix)]
fn refuse_shared(file: &Path) -> Result<(), CliError> {
    use std::os::unix::fs::PermissionsExt;
    const OTHERS: u32 = 0o077;
    let metadata = std::fs::metadata(file).map_err(|error| CliError::unreadable(file, &error))?;
    if metadata.permissions().mode() & OTHERS == 0 {
        Ok(())
    } else {
        Err(CliError::failure(say!("key-shared", file = file.display())))
    }
}

#[cfg(not(unix))]
fn refuse_shared(_: &Path) -> Result<(), CliError> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn keys_that_others_can_read_are_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (mode, accepted) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            fs::set_permissions(file.path(), fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(refuse_shared(file.path()).is_ok(), accepted, "{mode:o}");
        }
    }
}
