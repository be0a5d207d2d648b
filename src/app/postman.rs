//! Sending what webhooks are to be told, while the server runs. Replicas do it side by side: what one leased, no other sends.
//!
//! One thread reads the log and hands messages out; some others wait for whoever is slow to answer. No webhook gets two messages
//! at a time, so that one which does not answer keeps no more than one of them.

use std::{
    collections::BTreeSet,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::{Builder, JoinHandle},
    time::{Duration, Instant},
};

use chancery_base::{problem::Problem, values::WebhookId};
use chancery_domain::notifying::{Claimed, Notifier};

/// Messages that are sent at once.
const SENDERS: usize = 4;
/// How often the log is read for what is new.
const EVERY: Duration = Duration::from_millis(250);
/// How long nothing is tried after the database failed.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// How often what was kept for long enough is looked for.
const PURGE_EVERY: Duration = Duration::from_secs(60);

/// Threads that send until this is dropped; what is being sent then is waited for.
pub(super) struct Postman {
    wake: Sender<Wake>,
    thread: Option<JoinHandle<()>>,
}

/// What wakes the thread that hands out.
enum Wake {
    /// A message to this webhook was sent.
    Sent(WebhookId),
    /// The server stops.
    Stop,
}

impl Postman {
    /// Errors: the operating system grants no thread.
    pub(super) fn start(notifier: &Notifier) -> io::Result<Self> {
        let (wake, woken) = channel();
        let (messages, taken) = channel();
        let taken = Arc::new(Mutex::new(taken));
        let mut senders = Vec::new();
        for number in 0..SENDERS {
            let (notifier, taken, sent) = (notifier.clone(), Arc::clone(&taken), wake.clone());
            let thread = Builder::new().name(format!("postman-{number}"));
            senders.push(thread.spawn(move || send_all(&notifier, &taken, &sent))?);
        }
        let rounds = Rounds { notifier: notifier.clone(), messages, busy: BTreeSet::new(), purged: Instant::now() };
        let thread = Builder::new().name("postman".to_owned()).spawn(move || {
            rounds.run(&woken);
            senders.into_iter().for_each(|sender| drop(sender.join()));
        })?;
        Ok(Self { wake, thread: Some(thread) })
    }
}

impl Drop for Postman {
    fn drop(&mut self) {
        let _ = self.wake.send(Wake::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Sends what is handed out until nothing is any more.
fn send_all(notifier: &Notifier, taken: &Mutex<Receiver<Claimed>>, sent: &Sender<Wake>) {
    loop {
        let taken = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(claimed) = taken else { return };
        let webhook = claimed.webhook();
        if let Err(problem) = notifier.send(claimed) {
            tracing::warn!(error.cause = %problem, "what came of a message was not kept; it is sent again");
        }
        // Whoever hands out may have stopped.
        let _ = sent.send(Wake::Sent(webhook));
    }
}

/// The thread that reads the log and hands messages out. When it ends, so do the senders.
struct Rounds {
    notifier: Notifier,
    messages: Sender<Claimed>,
    /// Webhooks that a message is being sent to.
    busy: BTreeSet<WebhookId>,
    purged: Instant,
}

impl Rounds {
    fn run(mut self, woken: &Receiver<Wake>) {
        let mut next = Instant::now() + EVERY;
        loop {
            match woken.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Wake::Sent(webhook)) => drop(self.busy.remove(&webhook)),
                Err(RecvTimeoutError::Timeout) => {}
            }
            let now = Instant::now();
            let done = if now < next { self.hand_out().map(|()| next) } else { self.round(now) };
            next = done.unwrap_or_else(|problem| {
                tracing::warn!(error.cause = %problem, "webhooks are told nothing at the moment; it is tried again");
                now + AFTER_FAILURE
            });
        }
    }

    /// Reads on in the log, hands out, and now and then clears away; when to do so again.
    fn round(&mut self, now: Instant) -> Result<Instant, Problem> {
        let is_behind = self.notifier.gather()?;
        if now.duration_since(self.purged) >= PURGE_EVERY && !self.notifier.purge()? {
            self.purged = now;
        }
        self.hand_out()?;
        Ok(if is_behind { now } else { now + EVERY })
    }

    /// Hands out messages while there is somebody to send them.
    fn hand_out(&mut self) -> Result<(), Problem> {
        while self.busy.len() < SENDERS {
            let Some(claimed) = self.notifier.claim(&self.busy)? else { break };
            self.busy.insert(claimed.webhook());
            if self.messages.send(claimed).is_err() {
                break;
            }
        }
        Ok(())
    }
}
