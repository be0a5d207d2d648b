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
            // What was meant as a URL may hold a password, which errors and logs must not repeat.
            let (scheme, _) = text.split_once(':').unwrap_or(("(no scheme)", text));
            Err(Invalid::new(scheme, "the scheme of a database URL: postgres://… or sqlite:PATH"))
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
/// PostgreSQL gives up on a statement that waits too long for a lock rather than hanging a caller. A transaction whose process
/// froze or lost its network lets go of its locks, or a log would stand still for all others; an act is over long before. A
/// commit that was answered is on disk, whatever the server or the database is set to otherwise.
const POSTGRES_SETTINGS: &str = "SET lock_timeout = '1500ms'; SET idle_in_transaction_session_timeout = '3s'; \
                                 SET synchronous_commit = on; SET client_min_messages = warning;";
/// For waiting until another process has brought the tables up to date, however long that takes.
const WAIT_FOR_LOCKS: &str = "SET lock_timeout = 0;";

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

    /// Opens a connection for looking only; a SQLite file is left in the mode it is in, and not made where there is none.
    pub(super) fn connect_to_look(&self) -> Result<AnyConnection, Error> {
        match self {
            Self::Postgres(_) => {
                let mut connection = self.connect()?;
                connection.run("SET default_transaction_read_only = on")?;
                Ok(connection)
            }
            Self::Sqlite(path) => {
                if !path.exists() {
                    return Err(Error::Unavailable(format!("there is no file `{}`", path.display())));
                }
                let mut connection =
                    AnyConnection::Sqlite(SqliteConnection::establish(&path.to_string_lossy()).map_err(unreachable)?);
                connection.run("PRAGMA busy_timeout = 2000; PRAGMA query_only = ON")?;
                Ok(connection)
            }
        }
    }

    /// Opens a connection that waits for locks as long as they are held.
    pub(super) fn connect_patiently(&self) -> Result<AnyConnection, Error> {
        let mut connection = self.connect()?;
        if matches!(connection, AnyConnection::Postgres(_)) {
            connection.run(WAIT_FOR_LOCKS)?;
        }
        Ok(connection)
    }

    /// What tells this SQLite file from another one at the same path; `None` for PostgreSQL.
    pub(super) fn file_identity(&self) -> Option<FileIdentity> {
        match self {
            Self::Postgres(_) => None,
            Self::Sqlite(path) => {
                let mut log = path.clone().into_os_string();
                log.push("-wal");
                let (log, log_inode) = (log.into(), LogInode::Unknown);
                Some(FileIdentity { path: path.clone(), inode: inode(path)?, log, log_inode })
            }
        }
    }
}

/// Settings of the connection itself, unless the URL has its own: seconds to wait for a PostgreSQL server to accept a connection,
/// which a frozen one never does, and milliseconds after which one that does not acknowledge what was sent is given up, which
/// takes the system a quarter of an hour.
const POSTGRES_PARAMETERS: [(&str, u32); 2] = [("connect_timeout", 2), ("tcp_user_timeout", 2_000)];

fn with_timeouts(url: &str) -> String {
    let missing = POSTGRES_PARAMETERS.iter().filter(|(name, _)| !url.contains(name));
    missing.fold(url.to_owned(), |url, (name, value)| {
        let separator = if url.contains('?') { '&' } else { '?' };
        format!("{url}{separator}{name}={value}")
    })
}

fn unreachable(error: diesel::ConnectionError) -> Error {
    Error::Unavailable(error.to_string())
}

fn inode(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|metadata| metadata.ino())
}

/// A SQLite file as it was when opened. An open file keeps accepting writes after it was removed, and they are lost: so the
/// writer looks whether the file is still the one at its path. What was committed last stands in the write-ahead log beside
/// it, which is one file as long as a connection is open.
pub(super) struct FileIdentity {
    path: PathBuf,
    inode: u64,
    log: PathBuf,
    log_inode: LogInode,
}

/// What is known of the write-ahead log.
#[derive(Clone, Copy)]
enum LogInode {
    /// The connection has not committed yet, or the file system allows no such log.
    Unknown,
    Known(u64),
    /// It went while connections were open. Those that are open still share the old one, so that a new one beside it would
    /// ruin the database: only starting again helps.
    Gone,
}

impl FileIdentity {
    /// Whether the file is still the one at its path.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(super) fn check(&self) -> Result<(), Error> {
        if matches!(self.log_inode, LogInode::Gone) {
            return Err(Error::Unavailable("the database's -wal file was removed while open; start again".to_owned()));
        }
        if inode(&self.path) == Some(self.inode) {
            return Ok(());
        }
        Err(Error::Unavailable("the database file was removed or replaced while open".to_owned()))
    }

    /// Whether what the open connection just committed is in the files at their paths.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(super) fn check_committed(&mut self) -> Result<(), Error> {
        self.log_inode = match (self.log_inode, inode(&self.log)) {
            (LogInode::Unknown, found) => found.map_or(LogInode::Unknown, LogInode::Known),
            (LogInode::Known(known), Some(found)) if known == found => LogInode::Known(known),
            _ => LogInode::Gone,
        };
        self.check()
    }

    /// Forgets the write-ahead log of a connection that was closed: the last one to close takes it along.
    pub(super) fn reconnects(&mut self) {
        if matches!(self.log_inode, LogInode::Known(_)) {
            self.log_inode = LogInode::Unknown;
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_url_is_not_repeated_with_its_password() {
        for text in ["postgre://user:secret@host/name", "user:secret@host", "secret"] {
            let refused = text.parse::<Location>().unwrap_err().to_string();
            assert!(!refused.contains("secret"), "{refused}");
        }
    }

    #[test]
    fn a_url_keeps_its_own_timeouts() {
        assert_eq!(with_timeouts("postgres://h/n"), "postgres://h/n?connect_timeout=2&tcp_user_timeout=2000");
        let own = "postgres://h/n?connect_timeout=9";
        assert_eq!(with_timeouts(own), format!("{own}&tcp_user_timeout=2000"));
    }
}
