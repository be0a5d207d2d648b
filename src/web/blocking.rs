//! The hop from asynchronous HTTP into synchronous domain code.

use std::{pin::pin, time::Duration};

use actix_web::{rt::time::timeout, web};
use chancery_base::{
    db::Watch,
    problem::{Problem, ProblemKind},
};
use tracing::Span;

/// How long a hop that only reads and writes rows may take; a database that hangs must not hang its callers.
const RECORD_DEADLINE_MS: u64 = 1_700;
/// How long a hop that moves or computes much (weights, digests, exports) may take.
const WORK_DEADLINE_MS: u64 = 600_000;
/// How often somebody looks whether a gated call waits for the database.
const LOOK_MS: u64 = 50;

/// Runs short database work off the HTTP threads; refused when it takes too long.
pub async fn record<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    hop(work, RECORD_DEADLINE_MS).await
}

/// Runs long work off the HTTP threads. Acts inside it keep their own, short deadline.
pub async fn work<T: Send + 'static>(work: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Result<T, Problem> {
    hop(work, WORK_DEADLINE_MS).await
}

/// Runs a gated call off the HTTP threads. It may compute for long, but all its waiting for the database, with what was
/// `waited` before it began, may not exceed what one record may take.
pub async fn gated<T: Send + 'static>(
    mut waited: Duration,
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let (watch, look) = (Watch::default(), Duration::from_millis(LOOK_MS));
    let (watched, span) = (watch.clone(), Span::current());
    let mut task = pin!(web::block(move || span.in_scope(|| watched.over(work))));
    while waited < Duration::from_millis(RECORD_DEADLINE_MS) {
        match timeout(look, task.as_mut()).await {
            Ok(outcome) => return outcome.unwrap_or_else(|_| Err(cancelled())),
            Err(_) if watch.is_waiting() => waited += look,
            Err(_) => {}
        }
    }
    Err(unanswered())
}

async fn hop<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    deadline_ms: u64,
) -> Result<T, Problem> {
    let span = Span::current();
    match timeout(Duration::from_millis(deadline_ms), web::block(move || span.in_scope(work))).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(cancelled()),
        Err(_) => Err(unanswered()),
    }
}

fn cancelled() -> Problem {
    Problem::internal("a blocking task was cancelled or panicked")
}

fn unanswered() -> Problem {
    Problem::new(
        ProblemKind::LogUnavailable,
        "the database did not answer in time, so the request is refused; retry with the same Idempotency-Key",
    )
}
