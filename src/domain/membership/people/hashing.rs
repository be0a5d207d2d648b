//! How many passwords are hashed at once: each takes 19 MiB and a processor for tens of milliseconds, and strangers ask for it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chancery_base::problem::{Problem, ProblemKind};

/// Passwords hashed at once; more are turned away before they cost anything.
const AT_ONCE: usize = 4;

/// Counts what is being hashed.
#[derive(Debug, Clone, Default)]
pub struct Hashing(Arc<AtomicUsize>);

impl Hashing {
    /// Runs `work`, which hashes a password.
    ///
    /// Errors: too much is hashed already.
    pub(super) fn run<T>(&self, work: impl FnOnce() -> T) -> Result<T, Problem> {
        let place = Place::take(&self.0)?;
        let done = work();
        drop(place);
        Ok(done)
    }
}

struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(taken: &'a AtomicUsize) -> Result<Self, Problem> {
        if taken.fetch_add(1, Ordering::AcqRel) >= AT_ONCE {
            taken.fetch_sub(1, Ordering::AcqRel);
            return Err(Problem::new(
                ProblemKind::Overloaded,
                "too many people sign in at the moment; try again in a second",
            ));
        }
        Ok(Self(taken))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
