//! The writer: takes acts from a queue, runs each in a savepoint, commits them together, then answers all.
//!
//! There is no batching timer: while one batch syncs, the next fills. A commit error fails every act of its batch, and it is
//! ambiguous whether they happened. On SQLite one worker takes batches. PostgreSQL groups commits itself, and locks held by
//! several acts at once would deadlock between processes, so there several workers take one act each.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use metrics::{counter, histogram};

use super::{AnyConnection, Error, Location, Tx, error::log_unavailable, location::FileIdentity, pending::Pending};
use crate::problem::{Problem, ProblemKind};

/// How long a caller waits for its act to be durable before it is refused. No record, no answer, and no hanging either.
pub const ACT_DEADLINE_MS: u64 = 1_600;
/// Acts waiting beyond this are refused at once.
const QUEUE_DEPTH: usize = 4_096;
/// Most acts in one SQLite commit.
const SQLITE_BATCH: usize = 512;
/// Connections that write to PostgreSQL.
const POSTGRES_WORKERS: usize = 4;

/// How acts are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batching {
    /// Connections that write.
    pub workers: usize,
    /// Most acts in one commit.
    pub acts_per_commit: usize,
}

impl Batching {
    /// What suits the database at `location`.
    #[must_use]
    pub const fn of(location: &Location) -> Self {
        match location {
            Location::Sqlite(_) => Self { workers: 1, acts_per_commit: SQLITE_BATCH },
            Location::Postgres(_) => Self { workers: POSTGRES_WORKERS, acts_per_commit: 1 },
        }
    }
}

/// An act in the queue, its result type erased. Running it leaves the answer inside, delivered by `answer` after commit.
trait Queued: Send {
    fn is_abandoned(&self) -> bool;
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), ()>;
    fn answer(self: Box<Self>, committed: Result<(), Problem>);
}

struct Act<T, F> {
    act: Option<F>,
    result: Option<Result<T, Problem>>,
    reply: SyncSender<Result<T, Problem>>,
    abandoned: Arc<AtomicBool>,
}

impl<T, F> Queued for Act<T, F>
where
    T: Send,
    F: FnOnce(&mut Tx<'_>) -> Result<T, Problem> + Send,
{
    fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Acquire)
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), ()> {
        let Some(act) = self.act.take() else { return Err(()) };
        // A panic inside an act must not take the writer down; its savepoint is rolled back like any other failure.
        let result = catch_unwind(AssertUnwindSafe(|| act(tx)))
            .unwrap_or_else(|_| Err(Problem::internal("an act panicked; its savepoint was rolled back")));
        let outcome = result.as_ref().map(|_| ()).map_err(|_| ());
        self.result = Some(result);
        outcome
    }

    fn answer(self: Box<Self>, committed: Result<(), Problem>) {
        let answer = match (committed, self.result) {
            (Err(problem), Some(Ok(_)) | None) => Err(problem),
            (_, Some(result)) => result,
            (Ok(()), None) => Err(log_unavailable()),
        };
        // The caller may have given up at its deadline.
        let _ = self.reply.send(answer);
    }
}

pub(super) struct Writer {
    queue: Option<SyncSender<Box<dyn Queued>>>,
    waiting: Arc<AtomicUsize>,
    writable: Arc<AtomicBool>,
    workers: Vec<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(location: &Location, batching: Batching) -> Result<Self, Error> {
        let (queue, acts) = sync_channel(QUEUE_DEPTH);
        let acts = Arc::new(Mutex::new(acts));
        let waiting = Arc::new(AtomicUsize::new(0));
        let writable = Arc::new(AtomicBool::new(true));
        let mut workers = Vec::new();
        for number in 0..batching.workers {
            let worker = Worker {
                location: location.clone(),
                connection: Some(location.connect()?),
                file: location.file_identity(),
                acts: Arc::clone(&acts),
                waiting: Arc::clone(&waiting),
                batch_limit: batching.acts_per_commit,
                writable: Arc::clone(&writable),
            };
            let thread = std::thread::Builder::new().name(format!("writer-{number}"));
            workers.push(thread.spawn(move || worker.run()).map_err(|error| Error::Other(error.to_string()))?);
        }
        Ok(Self { queue: Some(queue), waiting, writable, workers })
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(super) fn is_writable(&self) -> bool {
        self.writable.load(Ordering::Acquire)
    }

    pub(super) fn act<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Tx<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (reply, answer) = sync_channel(1);
        let abandoned = Arc::new(AtomicBool::new(false));
        let queued = Box::new(Act { act: Some(act), result: None, reply, abandoned: Arc::clone(&abandoned) });
        let queue = self.queue.as_ref().ok_or_else(log_unavailable)?;
        // Counted before it is there, so that whoever takes it never counts below zero.
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let sent = queue.try_send(queued).inspect_err(|_| {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        });
        match sent {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                return Err(Problem::new(ProblemKind::Overloaded, "too many acts are waiting; try again in a moment"));
            }
            Err(TrySendError::Disconnected(_)) => return Err(log_unavailable()),
        }
        answer.recv_timeout(Duration::from_millis(ACT_DEADLINE_MS)).unwrap_or_else(|_| {
            abandoned.store(true, Ordering::Release);
            Err(log_unavailable())
        })
    }
}

impl Drop for Writer {
    /// Closes the queue and waits for what is in it, so that a caller that was answered is never cut off mid-commit.
    fn drop(&mut self) {
        self.queue = None;
        for worker in self.workers.drain(..) {
            let _ = worker.join();
        }
    }
}

struct Worker {
    location: Location,
    connection: Option<AnyConnection>,
    file: Option<FileIdentity>,
    acts: Arc<Mutex<Receiver<Box<dyn Queued>>>>,
    waiting: Arc<AtomicUsize>,
    batch_limit: usize,
    writable: Arc<AtomicBool>,
}

impl Worker {
    fn run(mut self) {
        while let Some(mut batch) = self.next_batch() {
            batch.retain(|act| !act.is_abandoned());
            if batch.is_empty() {
                // Nothing was tried, so nothing is known of whether the database can be written.
                continue;
            }
            let began = Instant::now();
            let committed = self.commit(&mut batch);
            measure(batch.len(), began.elapsed(), committed.is_ok());
            self.writable.store(committed.is_ok(), Ordering::Release);
            if let Err(error) = &committed {
                tracing::error!(error.cause = %error, batch.acts = batch.len(), "commit failed");
                self.connection = None;
                self.file.iter_mut().for_each(FileIdentity::reconnects);
            }
            for act in batch {
                act.answer(committed.as_ref().copied().map_err(problem_of));
            }
        }
    }

    /// Waits for an act and takes what else has queued up meanwhile; `None` when the queue is closed and empty.
    fn next_batch(&self) -> Option<Vec<Box<dyn Queued>>> {
        let acts = self.acts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut batch = vec![acts.recv().ok()?];
        batch.extend(acts.try_iter().take(self.batch_limit.saturating_sub(1)));
        self.waiting.fetch_sub(batch.len(), Ordering::Relaxed);
        Some(batch)
    }

    fn commit(&mut self, batch: &mut [Box<dyn Queued>]) -> Result<(), Error> {
        self.check_file()?;
        let connection = match &mut self.connection {
            Some(connection) => connection,
            vacant => vacant.insert(self.location.connect()?),
        };
        connection.begin()?;
        let mut pending = Pending::default();
        for act in batch.iter_mut() {
            connection.run_prepared("SAVEPOINT act")?;
            match act.run(&mut Tx::new(connection, &mut pending)) {
                Ok(()) => pending.keep(),
                Err(()) => {
                    pending.roll_back();
                    connection.run("ROLLBACK TO SAVEPOINT act")?;
                }
            }
            connection.run_prepared("RELEASE SAVEPOINT act")?;
        }
        pending.write(connection)?;
        connection.run("COMMIT")?;
        self.file.as_mut().map_or(Ok(()), FileIdentity::check_committed)
    }

    fn check_file(&self) -> Result<(), Error> {
        self.file.as_ref().map_or(Ok(()), FileIdentity::check)
    }
}

fn measure(acts: usize, took: Duration, is_committed: bool) {
    if is_committed {
        histogram!("chancery_commit_batch_acts").record(acts as f64);
        histogram!("chancery_commit_duration_seconds").record(took);
    } else {
        counter!("chancery_failed_commits_total").increment(1);
    }
}

/// What each act of a failed batch is told.
fn problem_of(error: &Error) -> Problem {
    match error {
        Error::Full => Problem::from(Error::Full),
        _ => log_unavailable(),
    }
}

#[cfg(test)]
mod tests {
    use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};

    use super::*;
    use crate::db::Database;

    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }

    fn database(folder: &tempfile::TempDir) -> Database {
        let database = Database::open(&Location::Sqlite(folder.path().join("test.db"))).unwrap();
        database.act(|tx| Ok(tx.run("CREATE TABLE notes (text TEXT PRIMARY KEY)")?)).unwrap();
        database
    }

    fn insert(database: &Database, text: &'static str) -> Result<(), Problem> {
        database.act(move |tx| Ok(tx.run(&format!("INSERT INTO notes VALUES ('{text}')"))?))
    }

    fn count(database: &Database) -> i64 {
        let counted = |connection: &mut AnyConnection| {
            sql_query("SELECT count(*) AS count FROM notes").get_result::<Count>(connection).map_err(Error::from)
        };
        database.read(counted).unwrap().count
    }

    #[test]
    fn acts_commit_alone_or_together_and_errors_roll_back_alone() {
        let folder = tempfile::tempdir().unwrap();
        let database = database(&folder);
        std::thread::scope(|scope| {
            for text in ["a", "b", "c", "d"] {
                let database = &database;
                scope.spawn(move || insert(database, text).unwrap());
            }
        });
        let refused: Result<(), _> = database.act(|tx| {
            tx.run("INSERT INTO notes VALUES ('e')")?;
            Err(Problem::new(ProblemKind::Conflict, "no"))
        });
        assert_eq!(refused.unwrap_err().kind, ProblemKind::Conflict);
        assert_eq!(count(&database), 4);
    }

    #[test]
    fn a_panic_rolls_back_its_own_act_only() {
        let folder = tempfile::tempdir().unwrap();
        let database = database(&folder);
        let answer: Result<(), _> = database.act(|tx| {
            tx.run("INSERT INTO notes VALUES ('lost')")?;
            panic!("on purpose")
        });
        assert_eq!(answer.unwrap_err().kind, ProblemKind::Internal);
        insert(&database, "kept").unwrap();
        assert_eq!(count(&database), 1);
    }

    #[test]
    fn unique_violations_are_recognised() {
        let folder = tempfile::tempdir().unwrap();
        let database = database(&folder);
        insert(&database, "a").unwrap();
        assert_eq!(insert(&database, "a").unwrap_err().kind, ProblemKind::Conflict);
    }

    #[test]
    fn a_removed_file_refuses_acts() {
        let folder = tempfile::tempdir().unwrap();
        let database = database(&folder);
        std::fs::remove_file(folder.path().join("test.db")).unwrap();
        assert_eq!(insert(&database, "a").unwrap_err().kind, ProblemKind::LogUnavailable);
        assert!(!database.is_writable());
    }

    #[test]
    fn a_removed_write_ahead_log_refuses_acts_from_then_on() {
        let folder = tempfile::tempdir().unwrap();
        let database = database(&folder);
        std::fs::remove_file(folder.path().join("test.db-wal")).unwrap();
        for text in ["a", "b", "c"] {
            assert_eq!(insert(&database, text).unwrap_err().kind, ProblemKind::LogUnavailable);
            assert!(!database.is_writable());
        }
        drop(database);
        insert(&Database::open(&Location::Sqlite(folder.path().join("test.db"))).unwrap(), "d").unwrap();
    }

    #[test]
    fn a_failed_commit_does_not_keep_the_writer_from_going_on() {
        let folder = tempfile::tempdir().unwrap();
        let database = database(&folder);
        let failed: Result<(), _> = database.act(|tx| Ok(tx.run("COMMIT")?));
        assert_eq!(failed.unwrap_err().kind, ProblemKind::LogUnavailable);
        insert(&database, "a").unwrap();
        assert!(database.is_writable());
    }
}
