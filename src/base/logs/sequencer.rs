//! The sequencer: a thread per log that gives waiting leaves their places and publishes checkpoints.
//!
//! Any number of processes may run one for the same log. A failure is logged once, retried with growing pauses, and over when
//! a round succeeds; until then leaves wait and nothing is signed.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use super::{error::LogError, identity::LogIdentity, publish::publish, rows, sequence::sequence};
use crate::{
    db::{self, Database},
    problem::{Problem, ProblemKind},
    values::Clock,
};

/// Most leaves placed in one act.
const BATCH_LEAVES: u64 = 1_000;
/// Pause between rounds: leaves gather meanwhile. A round costs the same for one leaf as for hundreds, and a receipt's full proof
/// is promised within a second; at a quarter of this pause, rounds took a fortieth of the processor time of gated calls.
const PAUSE: Duration = Duration::from_millis(200);
/// Longest pause after repeated failures.
const FAILURE_PAUSE: Duration = Duration::from_secs(5);

/// Most rounds made for what still waits when a sequencer is stopped.
const LAST_ROUNDS: usize = 10;

/// A running sequencer. When stopped or dropped it first gives what waits its place and publishes it, unless that fails.
pub struct Sequencer {
    running: Mutex<Option<(Sender<()>, JoinHandle<()>)>>,
    healthy: Arc<AtomicBool>,
    contradicted: Arc<AtomicBool>,
}

impl Sequencer {
    /// Opens the log and starts to sequence it.
    ///
    /// # Errors
    /// Those of [`LogIdentity::open`]; [`db::Error::Other`] when no thread can be had.
    pub fn start(database: Database, identity: Arc<LogIdentity>, clock: Arc<dyn Clock>) -> Result<Self, LogError> {
        identity.open(&database)?;
        let (stop, stopped) = channel();
        let healthy = Arc::new(AtomicBool::new(true));
        let contradicted = Arc::new(AtomicBool::new(false));
        let worker = Worker {
            database,
            identity,
            clock,
            healthy: Arc::clone(&healthy),
            contradicted: Arc::clone(&contradicted),
        };
        let builder = std::thread::Builder::new().name(format!("sequencer-{}", worker.identity.log()));
        let thread =
            builder.spawn(move || worker.run(&stopped)).map_err(|error| db::Error::Other(error.to_string()))?;
        Ok(Self { running: Mutex::new(Some((stop, thread))), healthy, contradicted })
    }

    /// Whether the last round succeeded.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.healthy.load(Ordering::Acquire)
    }

    /// Whether what is stored was last found to contradict what was signed: a leaf that is appended now would never be proven.
    #[must_use]
    pub fn is_contradicted(&self) -> bool {
        self.contradicted.load(Ordering::Acquire)
    }

    /// Ends it, after a last round. What was appended before has then its place and a checkpoint, unless rounds fail.
    pub fn stop(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((stop, thread)) = running {
            drop(stop);
            let _ = thread.join();
        }
    }
}

impl Drop for Sequencer {
    fn drop(&mut self) {
        self.stop();
    }
}

struct Worker {
    database: Database,
    identity: Arc<LogIdentity>,
    clock: Arc<dyn Clock>,
    healthy: Arc<AtomicBool>,
    contradicted: Arc<AtomicBool>,
}

impl Worker {
    fn run(self, stopped: &Receiver<()>) {
        let mut failure_pause = None;
        loop {
            let pause = match self.round() {
                Ok(pause) => {
                    self.contradicted.store(false, Ordering::Release);
                    if failure_pause.take().is_some() {
                        tracing::info!(log.name = %self.identity.log(), "log is sequenced again");
                    }
                    pause
                }
                Err(error) => {
                    self.contradicted.store(error.is_contradiction(), Ordering::Release);
                    if failure_pause.is_none() {
                        tracing::error!(log.name = %self.identity.log(), error.cause = %error, "log is not sequenced");
                    }
                    let pause = failure_pause.map_or(PAUSE, |pause: Duration| FAILURE_PAUSE.min(pause * 2));
                    failure_pause = Some(pause);
                    pause
                }
            };
            self.healthy.store(failure_pause.is_none(), Ordering::Release);
            if stopped.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
                break;
            }
        }
        // Waiting leaves are durable; the next start places those that cannot be placed now.
        let mut rounds = (0..LAST_ROUNDS).map(|_| self.round());
        while failure_pause.is_none() && rounds.next().is_some_and(|round| matches!(round, Ok(Duration::ZERO))) {}
    }

    /// Sequences what waits, publishes what is due, and answers how long to pause.
    fn round(&self) -> Result<Duration, LogError> {
        let log = self.identity.log();
        let mut pause = PAUSE;
        if self.database.read(|connection| rows::has_unsequenced(connection, log))? {
            // No leaf gets a place that was signed for another one.
            self.database.read(|connection| self.identity.check_continues(connection))?;
            let placed = self.database.act(move |tx| sequence(tx, log, BATCH_LEAVES).map_err(not_sequenced))?;
            if placed.leaves == BATCH_LEAVES {
                pause = Duration::ZERO;
            }
        }
        publish(&self.database, &self.identity, self.clock.now())?;
        Ok(pause)
    }
}

/// Carries the cause to [`Worker::run`], which logs it once; no caller outside ever sees it.
fn not_sequenced(error: LogError) -> Problem {
    let kind = if error.is_contradiction() { ProblemKind::DigestMismatch } else { ProblemKind::LogUnavailable };
    Problem::new(kind, error.to_string())
}
