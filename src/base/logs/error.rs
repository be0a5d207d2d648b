//! Why a log could not be written, signed or read.

use std::{io, path::PathBuf};

use super::{checkpoint::CheckpointError, name::LogName};
use crate::{
    db,
    problem::{Problem, ProblemKind},
    values::Invalid,
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
    /// A checkpoint was signed for more than is stored, or for something else: an old backup was restored, or a lagging
    /// replica took over.
    #[error(
        "{}: an older backup was restored, or a replica that lagged behind took over; nothing is signed, since that would fork \
         the log; bring back the newest database, or, if what is missing is lost for good, go on under another name with \
         `chancery restore --accept-loss`", contradiction(*log, *published, *stored)
    )]
    RolledBack {
        /// Which log.
        log: LogName,
        /// Leaves in the signed checkpoint.
        published: u64,
        /// Leaves in the database.
        stored: u64,
    },
    /// The file that remembers what was signed last cannot be read or written.
    #[error("cannot tell from `{}` what was signed last: {cause}; bring the file back, readable and writable", file.display())]
    Memory {
        /// Which file.
        file: PathBuf,
        /// Why.
        cause: io::Error,
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
    /// Whether what is stored contradicts what was signed, or nobody can tell: no leaf that is appended now would ever be proven.
    pub(super) fn is_contradiction(&self) -> bool {
        match self {
            Self::Altered { .. } | Self::OtherIdentity { .. } | Self::RolledBack { .. } | Self::Memory { .. } => true,
            Self::Act(problem) => problem.kind == ProblemKind::DigestMismatch,
            Self::Database(_) | Self::NotOpened { .. } | Self::Raced { .. } | Self::Checkpoint(_) => false,
        }
    }

    pub(super) fn altered(log: LogName, what: impl Into<String>) -> Self {
        Self::Altered { log, what: what.into() }
    }
}

/// How a database contradicts what was signed.
fn contradiction(log: LogName, published: u64, stored: u64) -> String {
    match published.checked_sub(stored) {
        Some(missing @ 1..) => format!(
            "the {log} log in the database is older than what was signed: it has {stored} leaves, {published} were signed, so \
             that at least {missing} are missing"
        ),
        _ => format!(
            "the {stored} leaves of the {log} log in the database do not continue the {published} that were signed"
        ),
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
