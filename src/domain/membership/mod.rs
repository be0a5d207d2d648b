//! Joining: the first party, further parties, and the API keys their programs use. Each act is in the audit log.

mod keys;
mod parties;

pub use keys::{NewKey, TokenShown, issue_key, list_keys, revoke_key};
pub use parties::{NewParty, PartyJoined, has_registry, join, open_registry, opens_registry};

use std::sync::Arc;

use chancery_base::{
    crypto::RootKey,
    db::Database,
    values::{Clock, Entropy},
};

use crate::recording::Recorder;

/// The parts these acts need.
#[derive(Clone)]
pub struct Office {
    /// Where everything is recorded.
    pub database: Database,
    /// What tenant keys are wrapped under.
    pub root: Arc<RootKey>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
}

impl Office {
    fn recorder(&self) -> Recorder<'_> {
        Recorder { database: &self.database, clock: &*self.clock, entropy: &*self.entropy }
    }
}
