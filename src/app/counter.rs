//! Counting while the server runs: uses by day, and quotas that run low. Replicas do it side by side: what one counted or told, no
//! other does again.

use std::{io, sync::Arc, time::Duration};

use chancery_base::problem::Problem;
use chancery_domain::{granting::Registrar, serving::Desk};

use super::background::Rounds;

/// How often.
const EVERY: Duration = Duration::from_secs(5);
/// How long the database has for others between two acts when much is to be counted.
const BREATH: Duration = Duration::from_millis(20);
/// How long nothing is tried after the database failed.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// Starts counting.
///
/// Errors: the operating system grants no thread.
pub(super) fn start(desk: &Arc<Desk>, registrar: &Registrar) -> io::Result<Rounds> {
    let (desk, registrar) = (Arc::clone(desk), registrar.clone());
    Rounds::start("counter", EVERY, move || match count(&desk, &registrar) {
        Ok(true) => BREATH,
        Ok(false) => EVERY,
        Err(problem) => {
            tracing::warn!(error.cause = %problem, "uses are not counted at the moment; it is tried again");
            AFTER_FAILURE
        }
    })
}

/// One round; whether more may be waiting.
fn count(desk: &Desk, registrar: &Registrar) -> Result<bool, Problem> {
    Ok(desk.count_decisions()? | registrar.tell_low_quotas()?)
}
