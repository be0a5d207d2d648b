//! Database errors, told apart where somebody can act on the difference.

use diesel::result::{DatabaseErrorKind, Error as Diesel};

use crate::problem::{Problem, ProblemKind};

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row with the same key exists; `constraint` is `table.column` on SQLite and the constraint's name on PostgreSQL.
    #[error("a row with the same key exists ({constraint})")]
    Unique {
        /// Which key.
        constraint: String,
    },
    /// The row asked for is not there.
    #[error("no such row")]
    NotFound,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The database cannot be reached or written at the moment.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// Stored data that this program could not have written.
    #[error("stored data is not what it should be: {0}")]
    Corrupt(String),
    /// The tables are those of a newer version of this program.
    #[error(
        "the tables were brought up to date by a newer version of Chancery: this one does not know {}; start that version, or \
         restore a backup that this one made", unknown.join(", ")
    )]
    Newer {
        /// The versions of the migrations that this program does not know.
        unknown: Vec<String>,
    },
    /// Anything else; a defect of ours.
    #[error("database error: {0}")]
    Other(String),
}

impl Error {
    /// Whether this is a violation of the key that has `column` (both backends name it in their own way).
    #[must_use]
    pub fn is_unique(&self, column: &str) -> bool {
        matches!(self, Self::Unique { constraint } if constraint.contains(column))
    }
}

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Self {
        match error {
            Diesel::NotFound => Self::NotFound,
            Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, information) => Self::Unique {
                constraint: information.constraint_name().unwrap_or_else(|| information.message()).to_owned(),
            },
            Diesel::DatabaseError(
                DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::ReadOnlyTransaction
                | DatabaseErrorKind::SerializationFailure,
                information,
            ) => Self::Unavailable(information.message().to_owned()),
            Diesel::DatabaseError(_, information) => from_message(information.message()),
            other => Self::Other(other.to_string()),
        }
    }
}

/// The rest SQLite and libpq tell apart by their text only, as diesel hands it on.
fn from_message(message: &str) -> Error {
    const FULL: [&str; 2] = ["database or disk is full", "No space left on device"];
    const UNAVAILABLE: [&str; 13] = [
        "disk I/O error",
        "readonly database",
        "unable to open database file",
        "database is locked",
        "server closed the connection",
        "no connection to the server",
        "terminating connection",
        "connection has been closed",
        "could not receive data from server",
        "could not send data to server",
        "the database system is",
        "lock timeout",
        "deadlock detected",
    ];
    let says = |texts: &[&str]| texts.iter().any(|text| message.contains(text));
    if says(&FULL) {
        Error::Full
    } else if says(&UNAVAILABLE) {
        Error::Unavailable(message.to_owned())
    } else {
        Error::Other(message.to_owned())
    }
}

impl From<crate::values::Invalid> for Error {
    fn from(invalid: crate::values::Invalid) -> Self {
        Self::Corrupt(invalid.to_string())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Unique { constraint } => {
                tracing::debug!(db.constraint = constraint, "unique key refused a row");
                Self::new(ProblemKind::Conflict, "it exists already; choose another name or use the one there is")
            }
            Error::NotFound => Self::not_found("thing"),
            Error::Full => {
                Self::new(ProblemKind::StorageFull, "the server's disk is full, so nothing was done; tell the operator")
            }
            Error::Unavailable(cause) => {
                tracing::error!(error.cause = cause, "database unavailable");
                log_unavailable()
            }
            Error::Corrupt(cause) | Error::Other(cause) => Self::internal(cause),
            newer @ Error::Newer { .. } => Self::internal(newer),
        }
    }
}

/// The one answer when a record could not be made durable.
pub(super) fn log_unavailable() -> Problem {
    Problem::new(
        ProblemKind::LogUnavailable,
        "the record could not be written in time, so the request is refused; retry with the same Idempotency-Key",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_told_from_our_own_defects() {
        let problem = |kind, message: &str| {
            let error = Diesel::DatabaseError(kind, Box::new(message.to_owned()));
            Problem::from(Error::from(error)).kind
        };
        for kind in [
            DatabaseErrorKind::ClosedConnection,
            DatabaseErrorKind::UnableToSendCommand,
            DatabaseErrorKind::ReadOnlyTransaction,
            DatabaseErrorKind::SerializationFailure,
        ] {
            assert_eq!(problem(kind, "in the words of any language"), ProblemKind::LogUnavailable);
        }
        for message in ["canceling statement due to lock timeout", "the database system is shutting down"] {
            assert_eq!(problem(DatabaseErrorKind::Unknown, message), ProblemKind::LogUnavailable, "{message}");
        }
        assert_eq!(problem(DatabaseErrorKind::Unknown, "no such column: connection"), ProblemKind::Internal);
        assert_eq!(problem(DatabaseErrorKind::Unknown, "No space left on device"), ProblemKind::StorageFull);
    }
}
