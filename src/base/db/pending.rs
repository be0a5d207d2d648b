//! Rows that acts leave to be written together, in few statements, just before their commit.
//!
//! A statement a row is what bounds a batch of small acts. Rows that nobody reads inside the act that makes them (log leaves)
//! need not be written there: they wait here, in memory, and go to the database in one statement for all acts of a batch. They
//! share the fate of their act: what an act left is dropped when it rolls back, and nothing is answered before all is durable.

use std::any::Any;

use super::{AnyConnection, Error};

/// Rows of one kind that are written together.
pub trait Batched: Send + Sized + 'static {
    /// Writes `rows`, of one or of many acts, in the order they were left.
    ///
    /// # Errors
    /// Those of the database; every act of the batch then fails, since nobody can tell whose row was at fault.
    fn write(rows: Vec<Self>, connection: &mut AnyConnection) -> Result<(), Error>;
}

/// The rows that wait, by kind, in the order in which the kinds first came.
#[derive(Default)]
pub(super) struct Pending(Vec<Box<dyn Kind>>);

impl Pending {
    pub(super) fn add<R: Batched>(&mut self, row: R) {
        let known = self.0.iter_mut().find_map(|kind| kind.as_any().downcast_mut::<Rows<R>>());
        match known {
            Some(rows) => rows.rows.push(row),
            None => self.0.push(Box::new(Rows { rows: vec![row], kept: 0 })),
        }
    }

    /// Keeps what has been left so far, whatever happens to later acts.
    pub(super) fn keep(&mut self) {
        self.0.iter_mut().for_each(|kind| kind.keep());
    }

    /// Drops what has been left since rows were last kept.
    pub(super) fn roll_back(&mut self) {
        self.0.iter_mut().for_each(|kind| kind.roll_back());
    }

    pub(super) fn write(self, connection: &mut AnyConnection) -> Result<(), Error> {
        self.0.into_iter().try_for_each(|kind| kind.write(connection))
    }
}

/// Rows whose type only their writer knows.
trait Kind {
    fn as_any(&mut self) -> &mut dyn Any;
    fn keep(&mut self);
    fn roll_back(&mut self);
    fn write(self: Box<Self>, connection: &mut AnyConnection) -> Result<(), Error>;
}

struct Rows<R> {
    rows: Vec<R>,
    /// How many of them belong to acts that ended well.
    kept: usize,
}

impl<R: Batched> Kind for Rows<R> {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }

    fn keep(&mut self) {
        self.kept = self.rows.len();
    }

    fn roll_back(&mut self) {
        self.rows.truncate(self.kept);
    }

    fn write(self: Box<Self>, connection: &mut AnyConnection) -> Result<(), Error> {
        if self.rows.is_empty() { Ok(()) } else { R::write(self.rows, connection) }
    }
}
