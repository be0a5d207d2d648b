//! Registration: how a model comes in, is checked, and is opened again; and how the keys that sign for it are enrolled.
//!
//! Nothing becomes visible before its owner's signature verified, its bytes matched what was signed, and its format was
//! inspected. Blobs are durable before the rows that name them. Every act leaves its leaf in the audit log, and so does every
//! attempt that is refused: in a second small act, because the first one rolled back.

mod challenge;
mod checking;
mod committing;
mod data;
mod enrolment;
mod foreseeing;
mod inspection;
mod listing;
mod opening;
mod places;
mod profile;
mod receiving;
mod session;
mod sight;
mod signed;
mod standing;
mod sweeping;
mod vault;
mod weights;

use std::sync::Arc;

use chancery_base::{
    db::Database,
    values::{Clock, Entropy},
};

pub use challenge::{Challenge, ChallengeSecret};
pub use checking::{CheckReport, CheckedFile, FileVerdict};
pub use committing::{CommitOptions, Registered};
pub(crate) use data::{REPORT_FILE, StoredData, TRACE_FILE, holds_rows};
pub use enrolment::NewSigningKey;
pub use foreseeing::Resting;
pub use listing::ListedModel;
pub use places::ArchivePlaces;
pub use profile::{ColumnProfile, DataProfile, FileProfile};
pub use receiving::{Receiving, Reception};
pub use session::{FileState, Session, SessionFile};
pub use sight::{
    find_visible, find_visible_artifact, find_visible_model, find_visible_of_kind, is_visible, list_visible,
};
pub use signed::{SignedPapers, not_as_signed, signed_papers};
pub use standing::NewHold;
pub use vault::Vault;
pub(crate) use vault::{context, store_problem};
pub use weights::open_weights;

use crate::recording::Recorder;

/// Where models come in and are kept: the parts these acts need.
#[derive(Clone)]
pub struct Archive {
    /// Where everything is recorded.
    pub database: Database,
    /// What seals and opens files.
    pub vault: Vault,
    /// What challenges to key holders are authenticated with.
    pub challenge_secret: Arc<ChallengeSecret>,
    /// Files on their way in.
    pub places: ArchivePlaces,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
}

impl Archive {
    /// Files on their way in.
    #[must_use]
    pub fn receiving(&self) -> usize {
        self.places.receiving.taken()
    }

    fn recorder(&self) -> Recorder<'_> {
        Recorder { database: &self.database, clock: &*self.clock, entropy: &*self.entropy }
    }
}

#[cfg(test)]
pub(crate) mod tests;
