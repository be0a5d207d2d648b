//! Counting uses by day while the server runs. Replicas do it side by side: what one counted, no other counts again.

use std::{
    io,
    sync::{
        Arc,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread::{Builder, JoinHandle},
    time::Duration,
};

use chancery_domain::serving::Desk;

/// How often.
const EVERY: Duration = Duration::from_secs(5);
/// How long the database has for others between two acts when much is to be counted.
const BREATH: Duration = Duration::from_millis(20);
/// How long nothing is tried after the database failed.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// A thread that counts until this is dropped.
pub(super) struct Counter {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Counter {
    /// Errors: the operating system grants no thread.
    pub(super) fn start(desk: &Arc<Desk>) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let (desk, mut wait) = (Arc::clone(desk), EVERY);
        let thread = Builder::new().name("counter".to_owned()).spawn(move || {
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = desk.count_decisions().map(|goes_on| if goes_on { BREATH } else { EVERY }).unwrap_or_else(
                    |problem| {
                        tracing::warn!(error.cause = %problem, "uses are not counted at the moment; it is tried again");
                        AFTER_FAILURE
                    },
                );
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
