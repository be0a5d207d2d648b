//! Sweeping while the server runs: uploads that expired, files that a crash left without a row, and old keys whose replacement was cut
//! short. Replicas do it side by side.

use std::{collections::BTreeSet, io, time::Duration};

use chancery_base::{problem::Problem, store::BlobName, values::UnixMillis};
use chancery_domain::{destroying::Destroyer, registration::Archive};

use super::background::Rounds;

/// How often. A file that has had no row for this long will not get one: its row is written within seconds of its last byte.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// A writer that has not touched its file for this long is gone; one that waits for its sender is given up much sooner.
const ABANDONED_AFTER_MS: i64 = 60 * 60 * UnixMillis::PER_SECOND;

/// Starts sweeping.
///
/// Errors: the operating system grants no thread.
pub(super) fn start(archive: Archive, destroyer: Destroyer) -> io::Result<Rounds> {
    let mut orphans = BTreeSet::new();
    Rounds::start("sweeper", EVERY, move || {
        finish_destruction(&destroyer);
        match sweep(&archive, &orphans) {
            Ok(found) => orphans = found,
            Err(problem) => tracing::warn!(error.cause = %problem, "sweeping failed; it is tried again later"),
        }
        EVERY
    })
}

/// Goes on with a replacement of keys that was cut short. What keeps it from that keeps nothing else from running.
pub(super) fn finish_destruction(destroyer: &Destroyer) {
    if let Err(problem) = destroyer.finish() {
        tracing::error!(error.cause = %problem, "old keys could not be destroyed yet; it is tried again within the hour");
    }
}

/// Sweeps once. Of the orphans, those go that were such the last time too; the others are handed on.
fn sweep(archive: &Archive, known: &BTreeSet<BlobName>) -> Result<BTreeSet<BlobName>, Problem> {
    archive.sweep_uploads()?;
    archive.sweep_preparations()?;
    let (gone, young) = archive.orphans()?.into_iter().partition(|name| known.contains(name));
    archive.remove_orphans(&gone, archive.clock.now().plus_millis(-ABANDONED_AFTER_MS))?;
    Ok(young)
}
