//! The files of a model or data set on this machine: which files of a folder they are.
//!
//! Every ordinary file is signed and sent but those version control, desktops and this program leave behind. A symbolic link
//! or special file is refused instead of followed or skipped: what is signed must be what is there.

use std::{
    fs,
    path::{Path, PathBuf},
};

use chancery_base::values::{ArtifactPath, ByteCount, Invalid};

use super::{error::CliError, message::say};

/// Names at the top of the folder that are left out.
const LEFT_OUT: [&str; 6] = [".git", ".gitattributes", ".gitignore", ".github", ".cache", ".DS_Store"];
/// The papers are signed in the manifest, so they are not files of the artifact as well.
const PAPERS: [&str; 2] = ["passport.toml", "datasheet.toml"];

/// One file of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalFile {
    /// Where it is on this machine.
    pub location: PathBuf,
    /// Its path in the model.
    pub path: ArtifactPath,
    /// Length in bytes when it was found.
    pub size: ByteCount,
}

/// Finds the model's files below `folder`, sorted by path.
///
/// # Errors
/// [`CliError::Local`] for a folder that cannot be read or is empty, for links and special files, and for names that a
/// registry refuses.
pub fn files(folder: &Path) -> Result<Vec<LocalFile>, CliError> {
    let mut found = Vec::new();
    collect(folder, "", &mut found)?;
    if found.is_empty() {
        return Err(CliError::failure(say!("push-no-files", folder = folder.display())));
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

/// One file by itself.
///
/// # Errors
/// [`CliError::Local`] for a link or special file, one that cannot be read, and a name that a registry refuses.
pub fn file(location: &Path) -> Result<LocalFile, CliError> {
    let metadata = fs::symlink_metadata(location).map_err(|error| CliError::unreadable(location, &error))?;
    let name = location.file_name().and_then(|name| name.to_str()).ok_or_else(|| unsuitable(location, "UTF-8"))?;
    ordinary(location.to_owned(), name, &metadata)
}

fn ordinary(location: PathBuf, path: &str, metadata: &fs::Metadata) -> Result<LocalFile, CliError> {
    if !metadata.is_file() {
        return Err(CliError::failure(say!("push-not-a-file", file = location.display())));
    }
    let path = path.parse().map_err(|error: Invalid| unsuitable(&location, error.expected))?;
    Ok(LocalFile { location, path, size: ByteCount(metadata.len()) })
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<LocalFile>) -> Result<(), CliError> {
    let unreadable = |error| CliError::unreadable(folder, &error);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let location = entry.path();
        let name = entry.file_name().into_string().map_err(|_| unsuitable(&location, "UTF-8"))?;
        if prefix.is_empty() && (LEFT_OUT.contains(&name.as_str()) || PAPERS.contains(&name.as_str())) {
            continue;
        }
        let path = format!("{prefix}{name}");
        // The entry's own type, not that of what a link points to.
        let metadata = entry.metadata().map_err(unreadable)?;
        if metadata.is_dir() {
            collect(&location, &format!("{path}/"), found)?;
        } else {
            found.push(ordinary(location, &path, &metadata)?);
        }
    }
    Ok(())
}

fn unsuitable(file: &Path, expected: &str) -> CliError {
    CliError::failure(say!("push-file-name", file = file.display(), expected = expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(folder: &Path) -> Vec<String> {
        files(folder).unwrap().into_iter().map(|file| file.path.to_string()).collect()
    }

    #[test]
    fn finds_the_model_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for folder_name in ["1_Pooling", ".git", "1_Pooling/.cache"] {
            fs::create_dir(folder.path().join(folder_name)).unwrap();
        }
        for name in
            ["z.txt", "config.json", "passport.toml", "1_Pooling/config.json", ".git/HEAD", "1_Pooling/.cache/x"]
        {
            fs::write(folder.path().join(name), name).unwrap();
        }
        assert_eq!(paths(folder.path()), ["1_Pooling/.cache/x", "1_Pooling/config.json", "config.json", "z.txt"]);
        assert_eq!(files(folder.path()).unwrap()[3].size, ByteCount(5));
    }

    #[test]
    fn refuses_empty_folders_and_reserved_names() {
        let folder = tempfile::tempdir().unwrap();
        assert!(files(folder.path()).is_err());
        assert!(files(&folder.path().join("absent")).is_err());
        fs::write(folder.path().join("nul.txt"), "").unwrap();
        assert!(files(folder.path()).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn refuses_links_instead_of_following_them() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("model.safetensors"), "x").unwrap();
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("config.json")).unwrap();
        let error = files(folder.path()).unwrap_err().to_string();
        assert!(error.contains("config.json") && error.contains("link"), "{error}");
    }
}
