//! Work that goes on in rounds while the server runs, each in a thread of its own.

use std::{
    io,
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::{Builder, JoinHandle},
    time::Duration,
};

/// A thread that does a round whenever its time has come, until this is dropped; the round that is under way is finished.
pub(super) struct Rounds {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Rounds {
    /// Starts a thread called `name`; each `round` says how long it is until the next, and `first` how long until the first.
    ///
    /// Errors: the operating system grants no thread.
    pub(super) fn start(
        name: &str,
        first: Duration,
        mut round: impl FnMut() -> Duration + Send + 'static,
    ) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let mut wait = first;
        let thread = Builder::new().name(name.to_owned()).spawn(move || {
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = round();
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Rounds {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
