//! Counting while the server runs: uses by day, and quotas that run low. Replicas do it side by side: what one counted or told, no
//! other does again.

use std::{
    io,
    sync::{
        Arc,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread::{Builder, JoinHandle},
    time::Duration,
};

use chancery_base::problem::Problem;
use chancery_domain::{granting::Registrar, serving::Desk};

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
    pub(super) fn start(desk: &Arc<Desk>, registrar: &Registrar) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let (desk, registrar, mut wait) = (Arc::clone(desk), registrar.clone(), EVERY);
        let thread = Builder::new().name("counter".to_owned()).spawn(move || {
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = count(&desk, &registrar).map(|goes_on| if goes_on { BREATH } else { EVERY }).unwrap_or_else(
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

/// One round; whether more may be waiting.
fn count(desk: &Desk, registrar: &Registrar) -> Result<bool, Problem> {
    Ok(desk.count_decisions()? | registrar.tell_low_quotas()?)
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
