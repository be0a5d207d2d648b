//! Where everything is. One struct, read once from the command line; every default is visible here.

use std::path::{Path, PathBuf};

use chancery_base::db::Location;

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
}

impl Config {
    /// The settings of a server that was told only its data directory.
    #[must_use]
    pub fn in_directory(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
            database: Location::Sqlite(data.join(DATABASE_FILE)),
            store: data.join(STORE_FOLDER),
            keys: data.with_added_extension(KEYS_SUFFIX),
            policies: None,
            origin: None,
        }
    }

    /// Whether no other process can have this database open, so that what a dead one left behind can be cleared at once.
    #[must_use]
    pub const fn is_alone(&self) -> bool {
        matches!(self.database, Location::Sqlite(_))
    }
}
