//! Whether a piece of work waits for the database at this moment, for whoever waits for that work.
//!
//! A database server that hangs keeps its connections open, and no timeout of its drivers notices. Work that may also compute
//! for long cannot be given one short deadline; who waits for it looks at its watch now and then instead.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

thread_local! {
    /// The watch of the work that this thread does.
    static CURRENT: RefCell<Watch> = RefCell::default();
}

/// Shows whether one piece of work waits for the database. Clones show the same.
#[derive(Debug, Clone, Default)]
pub struct Watch(Arc<AtomicBool>);

impl Watch {
    /// Whether the work waits at this moment.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Does `work` on this thread; what it asks of a database on this thread shows here.
    pub fn over<T>(&self, work: impl FnOnce() -> T) -> T {
        CURRENT.with_borrow_mut(|current| *current = self.clone());
        work()
    }
}

/// Asks the database something on behalf of the work that this thread does.
pub(super) fn waiting<T>(ask: impl FnOnce() -> T) -> T {
    let _asking = Asking::begin();
    ask()
}

/// Shows on a watch while it lives, also when what is asked panics.
struct Asking(Watch);

impl Asking {
    fn begin() -> Self {
        let watch = CURRENT.with_borrow(Watch::clone);
        watch.0.store(true, Ordering::Release);
        Self(watch)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_waiting_only_while_something_is_asked() {
        let watch = Watch::default();
        watch.over(|| {
            assert!(!watch.is_waiting());
            waiting(|| assert!(watch.is_waiting()));
            assert!(!watch.is_waiting());
            let other = Watch::default();
            other.over(|| waiting(|| assert!(other.is_waiting() && !watch.is_waiting())));
        });
    }
}
