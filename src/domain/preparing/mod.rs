//! Preparing: what this server makes of a registered data set by a recipe, observed step by step.
//!
//! The rows are read from sealed files and written into sealed files; nothing is in plaintext but in memory. What comes of it is not
//! a version yet: its owner signs a manifest that names the files, and registers it like any other. Because this server made the
//! files, it then knows, and does not only hear, what they were made from.

mod beginning;
mod outputs;
mod running;
mod showing;

use std::sync::{Arc, atomic::AtomicBool};

use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{Clock, Entropy, UnixMillis},
};

pub use beginning::NewPreparation;
pub use showing::ShownPreparation;

use crate::{recording::Recorder, registration::Archive};

/// How long a preparation may be silent before it counts as broken off with the server that ran it.
const SILENCE_MS: i64 = 60 * UnixMillis::PER_SECOND;
/// Preparations that are under way at once, in all and for one party: each reads its data several times over.
const MOST_AT_ONCE: i64 = 4;
const MOST_OF_ONE_PARTY: i64 = 2;

/// Where data sets are prepared.
#[derive(Clone)]
pub struct Preparer {
    /// Where what is prepared is sealed and kept.
    pub archive: Archive,
    /// Set once the server is told to stop: what is under way is then given up.
    pub is_closing: Arc<AtomicBool>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
}

impl Preparer {
    fn recorder(&self) -> Recorder<'_> {
        Recorder { database: &self.archive.database, clock: &*self.clock, entropy: &*self.entropy }
    }
}

fn unprocessable(detail: impl Into<String>, field: &str) -> Problem {
    Problem::new(ProblemKind::Unprocessable, detail).at(field)
}

#[cfg(test)]
mod tests;
