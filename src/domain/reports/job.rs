//! Exports that take a while: begun, watched and fetched by whoever began them. They are kept in memory, by the process that wrote
//! them and for half an hour: the same period gives the same bytes, so nothing is lost with them.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{Entropy, ExportId, UnixMillis},
};

use super::Reporter;
use crate::parties::{ActorId, AuditScope, Caller, Permission};

/// How long an export can be fetched after it was begun.
const KEPT_MS: i64 = 30 * 60 * UnixMillis::PER_SECOND;
/// Exports that are written or kept at once; they are whole in memory.
const MOST_AT_ONCE: usize = 4;

/// How far an export is.
#[derive(Debug, Clone)]
pub struct ExportState {
    /// The export.
    pub id: ExportId,
    /// Start of its period.
    pub from: UnixMillis,
    /// End of its period.
    pub to: UnixMillis,
    /// Entries written so far.
    pub done: usize,
    /// Entries that it will hold, once that is known.
    pub total: Option<usize>,
    /// What came of it; `None` while it is written.
    pub outcome: Option<Result<WrittenExport, Problem>>,
}

/// An export that can be fetched.
#[derive(Debug, Clone)]
pub struct WrittenExport {
    /// How many entries it holds.
    pub entries: usize,
    /// The archive.
    pub archive: Arc<Vec<u8>>,
}

/// How far a pack is.
#[derive(Debug, Default)]
pub(super) struct Progress {
    done: AtomicUsize,
    /// One more than the number of entries; zero while that is not known.
    total: AtomicUsize,
}

impl Progress {
    pub(super) fn expect(&self, total: usize) {
        self.total.store(total + 1, Ordering::Relaxed);
    }

    pub(super) fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

/// The exports of this process.
#[derive(Default)]
pub(super) struct Jobs(Mutex<Vec<Job>>);

#[derive(Clone)]
struct Job {
    id: ExportId,
    by: ActorId,
    /// What its maker might see then: whoever may see less now, does not fetch it.
    scope: AuditScope,
    from: UnixMillis,
    to: UnixMillis,
    begun_at: UnixMillis,
    progress: Arc<Progress>,
    outcome: Option<Result<WrittenExport, Problem>>,
}

impl Jobs {
    fn lock(&self) -> MutexGuard<'_, Vec<Job>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, caller: &Caller, id: ExportId, now: UnixMillis) -> Result<Job, Problem> {
        let mut jobs = self.lock();
        jobs.retain(|job| job.outcome.is_none() || now < job.begun_at.plus_millis(KEPT_MS));
        let own = |job: &&Job| job.id == id && job.by == caller.actor() && job.scope == caller.scope();
        jobs.iter().find(own).cloned().ok_or_else(|| Problem::not_found("export"))
    }
}

impl Reporter {
    /// Begins an export, to be written by [`Reporter::write_export`]. A finished one of the same caller makes room for it.
    ///
    /// Errors: the caller may not export that; it has one under way; too many are under way.
    pub fn begin_export(
        &self,
        caller: &Caller,
        (from, to): (UnixMillis, UnixMillis),
        entropy: &dyn Entropy,
        now: UnixMillis,
    ) -> Result<ExportId, Problem> {
        require(caller, from, to)?;
        let mut jobs = self.jobs.lock();
        jobs.retain(|job| {
            let is_kept = now < job.begun_at.plus_millis(KEPT_MS) && job.by != caller.actor();
            job.outcome.is_none() || is_kept
        });
        if jobs.iter().any(|job| job.by == caller.actor()) {
            let detail = "an export of yours is being written; wait until it is there";
            return Err(Problem::new(ProblemKind::Conflict, detail));
        }
        if jobs.len() >= MOST_AT_ONCE {
            let finished = jobs.iter().position(|job| job.outcome.is_some());
            let detail = "the server writes as many exports as it can; try again in a few minutes";
            jobs.remove(finished.ok_or_else(|| Problem::new(ProblemKind::Overloaded, detail))?);
        }
        let id = ExportId::generate(entropy, now);
        jobs.push(Job {
            id,
            by: caller.actor(),
            scope: caller.scope(),
            from,
            to,
            begun_at: now,
            progress: Arc::default(),
            outcome: None,
        });
        Ok(id)
    }

    /// Writes an export that was begun, and keeps what came of it.
    ///
    /// Errors: no such export of the caller.
    pub fn write_export(&self, caller: &Caller, id: ExportId, now: UnixMillis) -> Result<(), Problem> {
        let job = self.jobs.find(caller, id, now)?;
        let outcome = self.pack(caller, (job.from, job.to), &job.progress).and_then(|pack| {
            let archive = Arc::new(pack.to_zip().map_err(Problem::internal)?);
            Ok(WrittenExport { entries: pack.entries, archive })
        });
        self.jobs.lock().iter_mut().filter(|job| job.id == id).for_each(|job| job.outcome = Some(outcome.clone()));
        Ok(())
    }

    /// How far an export of the caller is.
    ///
    /// Errors: no such export, or not of this caller, or no longer kept.
    pub fn export(&self, caller: &Caller, id: ExportId, now: UnixMillis) -> Result<ExportState, Problem> {
        caller.require(Permission::Export)?;
        Ok(state(self.jobs.find(caller, id, now)?))
    }

    /// The export that the caller began last, if it is kept.
    ///
    /// Errors: the caller may not export.
    pub fn latest_export(&self, caller: &Caller, now: UnixMillis) -> Result<Option<ExportState>, Problem> {
        caller.require(Permission::Export)?;
        let id = self.jobs.lock().iter().find(|job| job.by == caller.actor()).map(|job| job.id);
        Ok(id.and_then(|id| self.jobs.find(caller, id, now).ok()).map(state))
    }
}

fn state(job: Job) -> ExportState {
    let Job { id, from, to, progress, outcome, .. } = job;
    let total = progress.total.load(Ordering::Relaxed).checked_sub(1);
    ExportState { id, from, to, done: progress.done.load(Ordering::Relaxed), total, outcome }
}

/// Refuses what `caller` may not export.
///
/// Errors: its role; a period that is none, or reaches beyond what an auditor may see.
pub(super) fn require(caller: &Caller, from: UnixMillis, to: UnixMillis) -> Result<(), Problem> {
    caller.require(Permission::Export)?;
    if from >= to {
        let detail = "the period ends before it begins; swap from and to";
        return Err(Problem::new(ProblemKind::Unprocessable, detail).at("to"));
    }
    caller.scope().require_period(from, to)
}
