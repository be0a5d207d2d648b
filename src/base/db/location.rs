//! Where the database is, and how a connection to it is set up.

use std::{
    fmt,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    str::FromStr,
};

use diesel::{Connection as _, pg::PgConnection, r2d2::ManageConnection, sqlite::SqliteConnection};

use super::{AnyConnection, Error};
use crate::values::Invalid;

/// A PostgreSQL URL or the path of a SQLite file.
#[derive(Clone)]
pub enum Location {
    /// `postgres://user@host:port/name`
    Postgres(String),
    /// A file; created when missing.
    Sqlite(PathBuf),
}

impl FromStr for Location {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Ok(Self::Postgres(text.to_owned()))
        } else if let Some(path) = text.strip_prefix("sqlite:") {
            Ok(Self::Sqlite(PathBuf::from(path)))
        } else {
            Err(Invalid::new(text, "a database URL: postgres://… or sqlite:PATH"))
        }
    }
}

impl fmt::Debug for Location {
    /// Names the backend only: a URL may hold a password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(_) => formatter.write_str("PostgreSQL"),
            Self::Sqlite(path) => write!(formatter, "SQLite in {}", path.display()),
        }
    }
}

/// Settings of every SQLite connection; `synchronous` and `busy_timeout` hold per connection. FULL is what makes a commit
/// survive power loss in WAL mode.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                               PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;";
/// PostgreSQL gives up on a statement that waits too long for a lock rather than hanging a caller.
const POSTGRES_SETTINGS: &str = "SET lock_timeout = '1500ms'; SET client_min_messages = warning;";

impl Location {
    /// Opens a connection with our settings.
    pub(super) fn connect(&self) -> Result<AnyConnection, Error> {
        match self {
            Self::Postgres(url) => {
                let mut connection =
                    AnyConnection::Postgres(PgConnection::establish(&with_timeouts(url)).map_err(unreachable)?);
                connection.run(POSTGRES_SETTINGS)?;
                Ok(connection)
            }
            Self::Sqlite(path) => {
                let mut connection =
                    AnyConnection::Sqlite(SqliteConnection::establish(&path.to_string_lossy()).map_err(unreachable)?);
                connection.run(SQLITE_SETTINGS)?;
                Ok(connection)
            }
        }
    }

    /// What tells this SQLite file from another one at the same path; `None` for PostgreSQL.
    pub(super) fn file_identity(&self) -> Option<FileIdentity> {
        match self {
            Self::Postgres(_) => None,
            Self::Sqlite(path) => Some(FileIdentity { path: path.clone(), inode: inode(path)? }),
        }
    }
}

/// Seconds to wait for a PostgreSQL server to accept a connection; a frozen one never does.
const CONNECT_TIMEOUT_SECONDS: u32 = 2;

fn with_timeouts(url: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}connect_timeout={CONNECT_TIMEOUT_SECONDS}")
}

fn unreachable(error: diesel::ConnectionError) -> Error {
    Error::Unavailable(error.to_string())
}

fn inode(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|metadata| metadata.ino())
}

/// A SQLite file as it was when opened. An open file keeps accepting writes after it was removed, and they are lost: so the
/// writer looks whether the file is still the one at its path.
pub(super) struct FileIdentity {
    path: PathBuf,
    inode: u64,
}

impl FileIdentity {
    /// Errors: [`Error::Unavailable`] when the file is no longer the one at its path.
    pub(super) fn check(&self) -> Result<(), Error> {
        if inode(&self.path) == Some(self.inode) {
            return Ok(());
        }
        Err(Error::Unavailable("the database file was removed or replaced while open".to_owned()))
    }
}

/// Makes read connections for the pool.
pub(super) struct Reader {
    location: Location,
    file: Option<FileIdentity>,
}

impl Reader {
    /// For the database that is at `location` now.
    pub(super) fn of(location: &Location) -> Self {
        Self { location: location.clone(), file: location.file_identity() }
    }
}

impl ManageConnection for Reader {
    type Connection = AnyConnection;
    type Error = Error;

    fn connect(&self) -> Result<AnyConnection, Error> {
        // SQLite would make an empty file where the database was removed, and answer that nothing exists.
        self.file.as_ref().map_or(Ok(()), FileIdentity::check)?;
        let mut connection = self.location.connect()?;
        if matches!(connection, AnyConnection::Sqlite(_)) {
            connection.run("PRAGMA query_only = ON")?;
        }
        Ok(connection)
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), Error> {
        connection.run("SELECT 1")
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        match connection {
            AnyConnection::Postgres(inner) => diesel::r2d2::R2D2Connection::is_broken(inner),
            AnyConnection::Sqlite(_) => false,
        }
    }
}
