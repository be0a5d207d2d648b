//! The database: SQLite or PostgreSQL by URL, one act per transaction, many acts per commit.
//!
//! What differs between the two backends is matched here and nowhere else. Queries live in each module's `rows.rs`; this
//! module knows no table.

mod connection;
mod error;
mod examine;
mod location;
mod migrate;
mod pending;
mod snapshot;
mod watch;
mod writer;

use std::sync::Arc;

use diesel::r2d2;
use tracing::Span;

pub use connection::{AnyConnection, Tx};
pub use error::Error;
pub use examine::{Examined, examine};
pub use location::Location;
pub use migrate::{bring_up_to_date, pending_migrations, require_known};
pub use pending::Batched;
pub use snapshot::{Snapshot, is_empty, restore, snapshot};
pub use watch::Watch;
pub use writer::{ACT_DEADLINE_MS, Batching};

use crate::problem::Problem;

/// Connections that serve reads; writes have their own.
const READERS: u32 = 8;

/// An open database. Cheap to clone; all clones share the writer and the readers.
#[derive(Clone)]
pub struct Database {
    readers: r2d2::Pool<location::Reader>,
    writer: Arc<writer::Writer>,
}

impl Database {
    /// Opens (and where needed creates) the database and brings its tables up to date.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the location cannot be reached or written; those of [`bring_up_to_date`].
    pub fn open(location: &Location) -> Result<Self, Error> {
        Self::open_with(location, Batching::of(location))
    }

    /// Opens a database that is there and up to date for reading only: every act is refused.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it cannot be reached.
    pub fn open_for_reading(location: &Location) -> Result<Self, Error> {
        Self::connect(location, Batching { workers: 0, acts_per_commit: 1 })
    }

    /// Opens the database with another number of workers or acts per commit than the location's own; for measuring what
    /// those are worth.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn open_with(location: &Location, batching: Batching) -> Result<Self, Error> {
        bring_up_to_date(location)?;
        Self::connect(location, batching)
    }

    fn connect(location: &Location, batching: Batching) -> Result<Self, Error> {
        let writer = Arc::new(writer::Writer::start(location, batching)?);
        let readers = r2d2::Pool::builder()
            .max_size(READERS)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(std::time::Duration::from_millis(ACT_DEADLINE_MS))
            .build(location::Reader::of(location))
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Self { readers, writer })
    }

    /// Runs a read. It sees every act that was answered before it began.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection can be had in time; the read's own.
    pub fn read<T, E: From<Error>>(&self, read: impl FnOnce(&mut AnyConnection) -> Result<T, E>) -> Result<T, E> {
        watch::waiting(|| {
            let mut connection = self.readers.get().map_err(|error| Error::Unavailable(error.to_string()))?;
            read(&mut connection)
        })
    }

    /// Runs an act: rows and log leaves only, all of it durable when this returns `Ok`, none of it when it returns the
    /// act's own error.
    ///
    /// # Errors
    /// The act's own; [`crate::problem::ProblemKind::LogUnavailable`] when the commit failed or took longer than
    /// [`ACT_DEADLINE_MS`], in which case the act may or may not have happened and an idempotency key decides;
    /// [`crate::problem::ProblemKind::Overloaded`] when too many acts wait.
    pub fn act<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Tx<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        // Part of whoever's trace this is; what the server does of itself is nobody's.
        let span = if Span::current().is_disabled() { Span::none() } else { tracing::info_span!("commit") };
        span.in_scope(|| watch::waiting(|| self.writer.act(act)))
    }

    /// Acts that wait for their turn.
    #[must_use]
    pub fn waiting_acts(&self) -> usize {
        self.writer.waiting()
    }

    /// Whether acts can be made durable at the moment, as far as is known without trying.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.writer.is_writable()
    }
}
