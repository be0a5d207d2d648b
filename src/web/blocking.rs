//! The hop from asynchronous HTTP into synchronous domain code.

use std::time::Duration;

use actix_web::{rt::time::timeout, web};
use chancery_base::problem::{Problem, ProblemKind};

/// How long a hop that only reads and writes rows may take; a database that hangs must not hang its callers.
const RECORD_DEADLINE_MS: u64 = 1_950;
/// How long a hop that moves or computes much (weights, digests, exports) may take.
const WORK_DEADLINE_MS: u64 = 600_000;

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

async fn hop<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    deadline_ms: u64,
) -> Result<T, Problem> {
    match timeout(Duration::from_millis(deadline_ms), web::block(work)).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(Problem::internal("a blocking task was cancelled or panicked")),
        Err(_) => Err(Problem::new(
            ProblemKind::LogUnavailable,
            "the database did not answer in time, so the request is refused; retry with the same Idempotency-Key",
        )),
    }
}
