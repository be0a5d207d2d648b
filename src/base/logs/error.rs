//! Why a log could not be written, signed or read.

use super::{checkpoint::CheckpointError, name::LogName};
use crate::{
    db,
    problem::Problem,
    values::{Invalid, UnixMillis},
};

/// Every way the logs fail. All of them stop signing: a log that stands still is better than one that contradicts itself.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The database.
    #[error(transparent)]
    Database(#[from] db::Error),
    /// Stored bytes do not hash to what was stored of them.
    #[error("the {log} log was altered where it is stored: {what}; restore it from a backup that verifies")]
    Altered {
        /// Which log.
        log: LogName,
        /// The first thing found wrong.
        what: String,
    },
    /// The log in the database has another origin or key.
    #[error("the {log} log here belongs to `{origin}`; start with its origin and key, or with a new data directory")]
    OtherIdentity {
        /// Which log.
        log: LogName,
        /// The origin in the database.
        origin: String,
    },
    /// The log has not been opened in this database.
    #[error("the {log} log has no state in this database; open it with its identity first")]
    NotOpened {
        /// Which log.
        log: LogName,
    },
    /// A checkpoint was published for more than is stored, or for something else: an old backup was restored.
    #[error(
        "the {log} log published {published} leaves and the database holds {stored} that do not continue them; \
         restore a newer backup, or start a log with a new origin"
    )]
    RolledBack {
        /// Which log.
        log: LogName,
        /// Leaves in the published checkpoint.
        published: u64,
        /// Leaves in the database.
        stored: u64,
    },
    /// The clock shows a time before that of the last checkpoint.
    #[error("the clock went back before {last}, when the last checkpoint of the {log} log was signed; set it right")]
    ClockWentBack {
        /// Which log.
        log: LogName,
        /// When the last checkpoint was signed.
        last: UnixMillis,
    },
    /// Another sequencer was faster, although it should have waited.
    #[error("another sequencer changed the {log} log at the same time; it will be tried again")]
    Raced {
        /// Which log.
        log: LogName,
    },
    /// Our own checkpoint cannot be signed or read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// An act of the log did not become durable.
    #[error(transparent)]
    Act(#[from] Problem),
}

impl LogError {
    pub(super) fn altered(log: LogName, what: impl Into<String>) -> Self {
        Self::Altered { log, what: what.into() }
    }
}

impl From<Invalid> for LogError {
    fn from(invalid: Invalid) -> Self {
        Self::Database(invalid.into())
    }
}

impl From<LogError> for Problem {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Database(error) => error.into(),
            LogError::Act(problem) => problem,
            other => Self::internal(other),
        }
    }
}
