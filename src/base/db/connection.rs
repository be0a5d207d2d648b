//! One connection type for both backends.

use std::ops::{Deref, DerefMut};

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    connection::SimpleConnection,
    pg::PgConnection,
    query_builder::{AstPass, QueryFragment, QueryId},
    sqlite::SqliteConnection,
};

use super::{Batched, Error, pending::Pending};
use crate::values::Sha256Digest;

/// A connection to either backend. PostgreSQL stands first because its URL never opens as a SQLite file by mistake.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite, bundled.
    Sqlite(SqliteConnection),
}

impl AnyConnection {
    /// Runs statements that return nothing, the same text on both backends.
    pub(super) fn run(&mut self, statements: &str) -> Result<(), Error> {
        match self {
            Self::Postgres(connection) => connection.batch_execute(statements),
            Self::Sqlite(connection) => connection.batch_execute(statements),
        }
        .map_err(Error::from)
    }

    /// Runs a statement that is run again and again: it is prepared once.
    pub(super) fn run_prepared(&mut self, statement: &'static str) -> Result<(), Error> {
        Ok(Prepared(statement).execute(self).map(drop)?)
    }

    /// Starts a transaction that will write: SQLite takes its lock at once, so that no later statement fails for it.
    pub(super) fn begin(&mut self) -> Result<(), Error> {
        let statement = match self {
            Self::Postgres(_) => "BEGIN",
            Self::Sqlite(_) => "BEGIN IMMEDIATE",
        };
        self.run(statement)
    }
}

/// A statement without parameters that the connection keeps prepared.
struct Prepared(&'static str);

impl<B: Backend> QueryFragment<B> for Prepared {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, B>) -> QueryResult<()> {
        pass.push_sql(self.0);
        Ok(())
    }
}

impl QueryId for Prepared {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<AnyConnection> for Prepared {}

/// A connection inside an act's transaction. What is written through it commits or rolls back with the act.
pub struct Tx<'a> {
    connection: &'a mut AnyConnection,
    pending: &'a mut Pending,
}

impl<'a> Tx<'a> {
    pub(super) fn new(connection: &'a mut AnyConnection, pending: &'a mut Pending) -> Self {
        Self { connection, pending }
    }

    /// Leaves a row to be written with those of other acts, just before the commit. This act cannot read it.
    pub fn write_batched(&mut self, row: impl Batched) {
        self.pending.add(row);
    }

    /// What ends a SELECT whose rows must stay as they are until this transaction ends: a lock on PostgreSQL; nothing on
    /// SQLite, which lets nobody else write meanwhile.
    #[must_use]
    pub fn row_lock(&self) -> &'static str {
        match &self.connection {
            AnyConnection::Postgres(_) => " FOR SHARE",
            AnyConnection::Sqlite(_) => "",
        }
    }

    /// Makes others wait that want the lock called `name` until this transaction ends. Two names that come to the same lock wait for
    /// each other needlessly, nothing worse.
    pub fn lock_named(&mut self, name: &str) -> Result<(), Error> {
        let digest = Sha256Digest::of(name.as_bytes());
        let lock = digest.as_bytes().iter().take(size_of::<i64>()).fold(0, |lock, byte| lock << 8 | i64::from(*byte));
        self.lock_exclusively(lock)
    }

    /// Makes other processes wait that want the same `lock` until this transaction ends. SQLite has one writer, which
    /// holds its lock already.
    pub fn lock_exclusively(&mut self, lock: i64) -> Result<(), Error> {
        match &self.connection {
            AnyConnection::Postgres(_) => self.connection.run(&format!("SELECT pg_advisory_xact_lock({lock})")),
            AnyConnection::Sqlite(_) => Ok(()),
        }
    }
}

impl Deref for Tx<'_> {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        self.connection
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        self.connection
    }
}
