//! How much is done at once that strangers can ask for and that costs much: a password that is hashed takes 19 MiB and a processor
//! for tens of milliseconds, a provider that does not answer holds a thread for seconds.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chancery_base::problem::{Problem, ProblemKind};

/// Counts what is being done; more than `MOST` at once are turned away before they cost anything.
#[derive(Debug, Clone, Default)]
pub struct AtOnce<const MOST: usize>(Arc<AtomicUsize>);

/// Passwords hashed at once.
pub type Hashing = AtOnce<4>;
/// People about whom one provider is asked at once.
pub(super) type Talking = AtOnce<8>;

impl<const MOST: usize> AtOnce<MOST> {
    /// Does `work`.
    ///
    /// Errors: too much is being done already.
    pub(super) fn run<T>(&self, work: impl FnOnce() -> T) -> Result<T, Problem> {
        let place = Place::take(&self.0, MOST)?;
        let done = work();
        drop(place);
        Ok(done)
    }
}

struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(taken: &'a AtomicUsize, most: usize) -> Result<Self, Problem> {
        if taken.fetch_add(1, Ordering::AcqRel) >= most {
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
