//! What a backup consists of, as `manifest.json` says. It is written last: a backup without it was not finished.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use chancery_base::{
    db::Location,
    logs::Standing,
    store::BlobName,
    values::{Sha256Digest, UnixMillis},
};
use serde::{Deserialize, Serialize};

use super::error::BackupError;

const FILE: &str = "manifest.json";
/// Where the manifest of an earlier backup waits while the folder is brought up to date.
const EARLIER: &str = "manifest.earlier.json";
/// The form described here.
const FORM: u32 = 1;

/// What a backup consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The form of this document.
    form: u32,
    /// The version of the program that made it.
    pub made_by: String,
    /// When the database was copied, as RFC 3339 says times.
    pub taken_at: String,
    /// The kind of the database.
    pub database: Kind,
    /// Versions of the migrations that made its tables.
    pub schema: Vec<String>,
    /// Where each log stood.
    pub logs: Vec<LogThen>,
    /// The database's files.
    pub files: Vec<FileThen>,
    /// The sealed files.
    pub blobs: Vec<BlobThen>,
}

/// Where a log stood.
pub type LogThen = Standing;

/// Kinds of databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One file.
    Sqlite,
    /// A file of rows for each table.
    Postgres,
}

/// A file of the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileThen {
    /// Its name in the folder of the database.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its digest.
    pub sha256: Sha256Digest,
}

/// A sealed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlobThen {
    /// Its name in the store.
    pub name: BlobName,
    /// Its length.
    pub bytes: u64,
    /// Its digest, sealed as it is.
    pub sha256: Sha256Digest,
}

impl Kind {
    /// The kind of the database at `location`.
    pub const fn of(location: &Location) -> Self {
        match location {
            Location::Sqlite(_) => Self::Sqlite,
            Location::Postgres(_) => Self::Postgres,
        }
    }

    /// Its name, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

impl Manifest {
    /// A manifest without files.
    pub fn new(taken_at: UnixMillis, database: Kind, schema: Vec<String>, logs: Vec<LogThen>) -> Self {
        let (made_by, taken_at) = (env!("CARGO_PKG_VERSION").to_owned(), taken_at.to_string());
        Self { form: FORM, made_by, taken_at, database, schema, logs, files: Vec::new(), blobs: Vec::new() }
    }

    /// Reads the manifest of the backup in `folder`.
    pub fn read(folder: &Path) -> Result<Self, BackupError> {
        Self::read_file(&folder.join(FILE))?.ok_or_else(|| BackupError::Unfinished { folder: folder.to_owned() })
    }

    fn read_file(file: &Path) -> Result<Option<Self>, BackupError> {
        let text = match fs::read(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(BackupError::at(file)(error)),
        };
        let refused = |cause: String| BackupError::Manifest { file: file.to_owned(), cause };
        let manifest: Self = serde_json::from_slice(&text).map_err(|error| refused(error.to_string()))?;
        if manifest.form != FORM {
            return Err(refused(format!("its form is {}", manifest.form)));
        }
        match manifest.files.iter().find(|file| !is_plain_name(&file.name)) {
            Some(file) => Err(refused(format!("`{}` is no name of a file", file.name))),
            None => Ok(Some(manifest)),
        }
    }

    /// Puts the manifest of an earlier backup aside, finished or not, and answers what it says.
    pub fn put_aside(folder: &Path) -> Result<Option<Self>, BackupError> {
        let (file, earlier) = (folder.join(FILE), folder.join(EARLIER));
        if file.exists() {
            fs::rename(&file, &earlier).map_err(BackupError::at(&file))?;
            sync(folder)?;
        }
        // What cannot be read spares no work.
        Ok(Self::read_file(&earlier).ok().flatten())
    }

    /// Whether there is a manifest in `folder`, in force or put aside.
    pub fn is_in(folder: &Path) -> bool {
        [FILE, EARLIER].iter().any(|name| folder.join(name).exists())
    }

    /// Finishes the backup in `folder`: everything else in it is durable.
    pub fn write(&self, folder: &Path) -> Result<(), BackupError> {
        let (file, draft) = (folder.join(FILE), folder.join(FILE).with_added_extension("draft"));
        let text = serde_json::to_vec_pretty(self).map_err(|error| BackupError::at(&file)(error.into()))?;
        let written = File::create(&draft).and_then(|mut out| {
            out.write_all(&text)?;
            out.sync_all()
        });
        written.map_err(BackupError::at(&draft))?;
        fs::rename(&draft, &file).map_err(BackupError::at(&file))?;
        sync(folder)?;
        match fs::remove_file(folder.join(EARLIER)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(BackupError::at(folder)(error)),
            _ => Ok(()),
        }
    }

    /// Bytes of everything that the backup consists of.
    pub fn bytes(&self) -> u64 {
        let files = self.files.iter().map(|file| file.bytes);
        files.chain(self.blobs.iter().map(|blob| blob.bytes)).fold(0, u64::saturating_add)
    }
}

/// A manifest may come from anywhere: a name in it must not lead out of its folder.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        && !name.starts_with('.')
}

fn sync(folder: &Path) -> Result<(), BackupError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(BackupError::at(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_out_of_the_folder_is_no_manifest() {
        let folder = tempfile::tempdir().unwrap();
        let mut manifest = Manifest::new(UnixMillis::new(0), Kind::Sqlite, Vec::new(), Vec::new());
        manifest.write(folder.path()).unwrap();
        assert_eq!(Manifest::read(folder.path()).unwrap(), manifest);
        for name in ["../root.key", "/etc/passwd", "", ".", "a/b"] {
            let sha256 = Sha256Digest::of(b"");
            manifest.files = vec![FileThen { name: name.to_owned(), bytes: 0, sha256 }];
            manifest.write(folder.path()).unwrap();
            assert!(matches!(Manifest::read(folder.path()), Err(BackupError::Manifest { .. })), "{name}");
        }
    }
}
