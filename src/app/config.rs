//! Where everything is. One struct, read once from the command line; every default is visible here.

use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
};

use chancery_base::{db::Location, outbound::Reach};

/// Name of the SQLite file in the data directory.
const DATABASE_FILE: &str = "chancery.db";
/// Name of the blob store in the data directory.
const STORE_FOLDER: &str = "blobs";
/// Ending of the folder of keys, which lies beside the data directory and not in it: who copies the data does not get what
/// opens it.
const KEYS_SUFFIX: &str = "keys";

/// What a server needs to know before it opens anything.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data directory; locked while the server runs.
    pub data: PathBuf,
    /// The database.
    pub database: Location,
    /// The folder of sealed blobs; replicas on one PostgreSQL share it.
    pub store: PathBuf,
    /// The folder of the root key and the logs' signing keys; replicas share it.
    pub keys: PathBuf,
    /// A folder of policies to use instead of the built-in ones.
    pub policies: Option<PathBuf>,
    /// Name under which the logs are known; fixed at the first start, a host name where there is one.
    pub origin: Option<String>,
    /// A file of identity providers that people may sign in with.
    pub sign_in: Option<PathBuf>,
    /// The address that others reach this server at.
    pub public_url: Option<String>,
    /// How often may be asked.
    pub rates: Rates,
    /// Whether starting brings the tables up to date, or is refused where they are not.
    pub migrates: bool,
    /// How far webhooks may reach.
    pub webhooks: Reach,
}

/// How many requests a second are let through, on average and at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// With one API key.
    pub key: NonZeroU32,
    /// With all keys of one party.
    pub party: NonZeroU32,
    /// Without a good key, from one address.
    pub stranger: NonZeroU32,
    /// Attempts to sign in, from one address.
    pub sign_in: NonZeroU32,
}

impl Rates {
    /// Well above what one machine answers of models, so that who meets a limit is mistaken or an attacker, not busy.
    pub const DEFAULT: Self = Self {
        key: NonZeroU32::new(1_000).unwrap(),
        party: NonZeroU32::new(4_000).unwrap(),
        stranger: NonZeroU32::new(100).unwrap(),
        sign_in: NonZeroU32::new(5).unwrap(),
    };
}

impl Config {
    /// The settings of a server that was told only its data directory.
    #[must_use]
    pub fn in_directory(data: &Path) -> Self {
        let data = &whole(data);
        Self {
            data: data.clone(),
            database: Location::Sqlite(data.join(DATABASE_FILE)),
            store: data.join(STORE_FOLDER),
            keys: data.with_added_extension(KEYS_SUFFIX),
            policies: None,
            origin: None,
            sign_in: None,
            public_url: None,
            rates: Rates::DEFAULT,
            migrates: true,
            webhooks: Reach::Public,
        }
    }

    /// Whether no other process can have this database open, so that what a dead one left behind can be cleared at once: the
    /// file of a SQLite database is locked as the data directory is.
    #[must_use]
    pub const fn is_alone(&self) -> bool {
        matches!(self.database, Location::Sqlite(_))
    }
}

/// The path from the root on, so that `.` and `..` have a name and a folder beside them. What is not there yet is taken as it
/// is written.
pub(super) fn whole(path: &Path) -> PathBuf {
    if let Ok(whole) = path.canonicalize() {
        return whole;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if parent != Path::new("") => whole(parent).join(name),
        _ => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lie_beside_the_data_however_it_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().canonicalize().unwrap().join("data");
        std::fs::create_dir_all(data.join("below")).unwrap();
        for name in ["data", "data/.", "data/below/..", "data/", "./data"] {
            let config = Config::in_directory(&folder.path().join(name));
            assert_eq!((&config.data, &config.keys), (&data, &data.with_added_extension("keys")), "{name}");
        }
        let absent = Config::in_directory(&folder.path().join("absent/deep"));
        assert!(absent.keys.ends_with("absent/deep.keys"), "{absent:?}");
        let here = std::env::current_dir().unwrap().canonicalize().unwrap();
        for name in [".", "..", "absent"] {
            let config = Config::in_directory(Path::new(name));
            assert!(!config.keys.starts_with(&config.data) && config.data.is_absolute(), "{name}: {config:?}");
        }
        assert_eq!(Config::in_directory(Path::new(".")).keys, here.with_added_extension("keys"));
    }
}
