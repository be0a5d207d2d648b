//! Granting: a licensor offers terms, perhaps in answer to a request, the licensee signs their digest, the licensor may take them
//! back.

mod accept;
mod ending;
mod offer;
mod on_model;
mod running_low;
mod show;

use std::sync::Arc;

use chancery_base::{
    db::{Database, Tx},
    idempotency::Once,
    logs,
    problem::Problem,
    values::{Clock, Entropy, GrantId, LeafId},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use offer::NewOffer;
pub use on_model::GrantsOnModel;
pub use show::{GrantQuery, Names, ShownGrant};

use crate::{licensing::Grant, parties::Caller, recording::Recorder};

/// The parts these acts need.
#[derive(Clone)]
pub struct Registrar {
    /// Where everything is recorded.
    pub database: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
}

/// A grant whose state changed, with the leaf that records it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Changed {
    /// The grant.
    pub grant: GrantId,
    /// The leaf in the audit log.
    pub leaf: LeafId,
}

impl Registrar {
    fn recorder(&self) -> Recorder<'_> {
        Recorder { database: &self.database, clock: &*self.clock, entropy: &*self.entropy }
    }

    /// One change of a grant and its leaf, in one act, done once.
    fn write(
        &self,
        caller: &Caller,
        once: &Once,
        event: &str,
        grant: &Grant,
        details: &Value,
        change: impl FnOnce(&mut Tx<'_>, &Grant) -> Result<(), Problem> + Send + 'static,
    ) -> Result<Changed, Problem> {
        let leaf = self.recorder().leaf(event, caller, &[grant.licensor, grant.licensee], details)?;
        let changed = Changed { grant: grant.id, leaf: leaf.id() };
        let (once, grant, now) = (once.clone(), grant.clone(), self.clock.now());
        let done = self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                change(tx, &grant)?;
                logs::append(tx, &leaf);
                Ok(changed)
            })
        })?;
        Ok(done.into_inner())
    }
}
