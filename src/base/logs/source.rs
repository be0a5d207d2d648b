//! A log's public files straight from its database, for the operator's own checks: what outsiders would be served.

use super::{
    error::LogError,
    name::LogName,
    read,
    tile::Tile,
    verify::{LogSource, SourceError},
};
use crate::db::Database;

/// The public files of a stored log.
#[derive(Clone)]
pub struct StoredSource {
    /// Where the log is stored.
    pub database: Database,
    /// Which log.
    pub log: LogName,
}

impl LogSource for StoredSource {
    fn log(&self) -> LogName {
        self.log
    }

    fn fetch(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        let log = self.log;
        let read = self.database.read(|connection| match path.parse::<Tile>() {
            Ok(tile) => read::tile(connection, log, &tile),
            Err(_) if path == "checkpoint" => Ok(read::checkpoint(connection, log)?.map(|(note, _)| note.into_bytes())),
            Err(_) => Ok(None),
        });
        match read {
            // Rows that are missing or unreadable are a finding about the log, not a failure to look.
            Err(LogError::Altered { .. } | LogError::Database(crate::db::Error::Corrupt(_))) => Ok(None),
            other => other.map_err(|error| SourceError(error.to_string())),
        }
    }
}
