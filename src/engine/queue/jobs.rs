//! The bounded queue between callers and the inference thread.

use std::collections::VecDeque;
use std::sync::mpsc::SyncSender;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, Weak};

use super::message::{Outcome, Work};
use crate::error::EngineError;

/// One request that waits.
pub(super) struct Job {
    pub(super) key: String,
    pub(super) work: Work,
    pub(super) reply: SyncSender<Outcome>,
    /// Dead once the caller has stopped waiting.
    pub(super) caller: Weak<()>,
}

impl Job {
    fn is_wanted(&self) -> bool {
        self.caller.strong_count() > 0
    }

    fn joins(&self, other: &Self) -> bool {
        self.key == other.key && self.work.joins(&other.work)
    }
}

/// Jobs in the order they came, never more than `capacity`.
pub(super) struct JobQueue {
    state: Mutex<State>,
    changed: Condvar,
    capacity: usize,
}

struct State {
    jobs: VecDeque<Job>,
    closed: bool,
}

impl JobQueue {
    pub(super) fn new(capacity: usize) -> Self {
        let state = State { jobs: VecDeque::with_capacity(capacity), closed: false };
        Self { state: Mutex::new(state), changed: Condvar::new(), capacity }
    }

    /// Adds a job without waiting.
    ///
    /// # Errors
    ///
    /// [`EngineError::Busy`] when the queue is full, [`EngineError::Stopped`] after [`Self::close`].
    pub(super) fn push(&self, job: Job) -> Result<(), EngineError> {
        let mut state = self.lock();
        if state.closed {
            return Err(EngineError::Stopped);
        }
        if state.jobs.len() >= self.capacity {
            state.jobs.retain(Job::is_wanted);
        }
        if state.jobs.len() >= self.capacity {
            return Err(EngineError::Busy { queue_depth: self.capacity });
        }
        state.jobs.push_back(job);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits for the oldest wanted job and takes with it those that can join it, up to `budget`; `None` once closed and empty.
    ///
    /// Always begins with the oldest, so no job waits for ever.
    pub(super) fn take_batch(&self, budget: usize) -> Option<Vec<Job>> {
        let mut state = self.lock();
        loop {
            state.jobs.retain(Job::is_wanted);
            if let Some(first) = state.jobs.pop_front() {
                return Some(gather(first, &mut state.jobs, budget));
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Jobs that wait.
    pub(super) fn waiting(&self) -> usize {
        self.lock().jobs.len()
    }

    /// Refuses new jobs; those that wait are still answered.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// A panic while the lock is held leaves a queue that is still in order, so poison is ignored.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn gather(first: Job, waiting: &mut VecDeque<Job>, budget: usize) -> Vec<Job> {
    let mut cost = first.work.cost();
    let mut batch = vec![first];
    let mut rest = VecDeque::with_capacity(waiting.capacity());
    for job in waiting.drain(..) {
        let joined = cost.saturating_add(job.work.cost());
        if joined <= budget && batch.first().is_some_and(|first| first.joins(&job)) {
            cost = joined;
            batch.push(job);
        } else {
            rest.push_back(job);
        }
    }
    *waiting = rest;
    batch
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::mpsc::sync_channel;

    fn job(key: &str, tokens: usize, caller: &Arc<()>) -> Job {
        let work = Work::Embed { sequences: vec![vec![0; tokens]] };
        Job { key: key.to_owned(), work, reply: sync_channel(1).0, caller: Arc::downgrade(caller) }
    }

    #[test]
    fn a_full_queue_refuses() {
        let (queue, caller) = (JobQueue::new(2), Arc::new(()));
        queue.push(job("a", 1, &caller)).unwrap();
        queue.push(job("a", 1, &caller)).unwrap();
        assert!(matches!(queue.push(job("a", 1, &caller)), Err(EngineError::Busy { queue_depth: 2 })));
    }

    #[test]
    fn callers_that_left_make_room_and_are_skipped() {
        let (queue, caller) = (JobQueue::new(1), Arc::new(()));
        queue.push(job("gone", 1, &Arc::new(()))).unwrap();
        queue.push(job("here", 1, &caller)).unwrap();
        let batch = queue.take_batch(10).unwrap();
        assert_eq!(batch.iter().map(|job| job.key.as_str()).collect::<Vec<_>>(), ["here"]);
    }

    #[test]
    fn a_batch_is_of_one_model_and_within_the_budget() {
        let (queue, caller) = (JobQueue::new(9), Arc::new(()));
        for (key, tokens) in [("a", 4), ("b", 1), ("a", 4), ("a", 4), ("a", 2)] {
            queue.push(job(key, tokens, &caller)).unwrap();
        }
        let sizes = |batch: Vec<Job>| batch.iter().map(|job| job.work.cost()).collect::<Vec<_>>();
        assert_eq!(sizes(queue.take_batch(10).unwrap()), [4, 4, 2]);
        assert_eq!(sizes(queue.take_batch(10).unwrap()), [1]);
        assert_eq!(sizes(queue.take_batch(10).unwrap()), [4]);
    }

    #[test]
    fn a_closed_queue_empties_and_ends() {
        let (queue, caller) = (JobQueue::new(2), Arc::new(()));
        queue.push(job("a", 1, &caller)).unwrap();
        queue.close();
        assert!(matches!(queue.push(job("a", 1, &caller)), Err(EngineError::Stopped)));
        assert!(queue.take_batch(1).is_some());
        assert!(queue.take_batch(1).is_none());
    }
}
