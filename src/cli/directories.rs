//! Where the command line keeps its own files (XDG Base Directory Specification 0.8): keys and trust among the
//! configuration, remembered checkpoints among the state.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

/// The folder of ours below each base directory.
const FOLDER: &str = "chancery";

/// The two folders of ours.
#[derive(Debug, Clone)]
pub struct Directories {
    /// `$XDG_CONFIG_HOME/chancery`: signing key and trust file.
    pub configuration: PathBuf,
    /// `$XDG_STATE_HOME/chancery`: the last checkpoint seen of each log.
    pub state: PathBuf,
}

impl Directories {
    /// Reads the environment; relative paths in it are ignored, as the specification asks.
    #[must_use]
    pub fn from_environment() -> Self {
        let home = absolute("HOME").unwrap_or_else(|| PathBuf::from("."));
        let base = |variable, default| absolute(variable).unwrap_or_else(|| home.join(default)).join(FOLDER);
        Self { configuration: base("XDG_CONFIG_HOME", ".config"), state: base("XDG_STATE_HOME", ".local/state") }
    }

    /// Where the signing key is, unless a command says otherwise.
    #[must_use]
    pub fn signing_key(&self) -> PathBuf {
        self.configuration.join("signing-key.pem")
    }

    /// Where pinned keys are, unless a command says otherwise.
    #[must_use]
    pub fn trust(&self) -> PathBuf {
        self.configuration.join("trust.txt")
    }
}

fn absolute(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}

/// Makes the folder of `file`, readable by its owner alone.
///
/// # Errors
/// Whatever the file system says.
pub fn make_private_parent(file: &Path) -> io::Result<()> {
    let Some(parent) = file.parent().filter(|parent| !parent.as_os_str().is_empty()) else {
        return Ok(());
    };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(parent)
}

/// Replaces `file` by `contents` so that a crash leaves the old or the new file, never half of one.
///
/// # Errors
/// Whatever the file system says.
pub fn replace(file: &Path, contents: &[u8]) -> io::Result<()> {
    use std::io::Write;
    make_private_parent(file)?;
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let temporary = file.with_file_name(name);
    let mut opened = fs::File::create(&temporary)?;
    opened.write_all(contents)?;
    opened.sync_all()?;
    fs::rename(&temporary, file)
}
