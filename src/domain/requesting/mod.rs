//! Requesting: a party that may see a model asks its owner for a licence; the owner answers with an offer or declines, and who
//! asked may take it back. Answering is part of the offer, in `granting`.

mod ask;
mod close;
mod show;

pub use ask::{NewRequest, ask};
pub use close::{decline, withdraw};
pub use show::{RequestQuery, ShownRequest, list, open_of, open_requests, show};

use chancery_base::{
    db::Tx,
    idempotency::Once,
    logs,
    problem::Problem,
    values::{AccessRequestId, LeafId},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{granting::Registrar, licensing::AccessRequest, parties::Caller, recording::Recorder};

/// A request whose state changed, with the leaf that records it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Changed {
    /// The request.
    pub request: AccessRequestId,
    /// The leaf in the audit log.
    pub leaf: LeafId,
}

fn recorder(registrar: &Registrar) -> Recorder<'_> {
    Recorder { database: &registrar.database, clock: &*registrar.clock, entropy: &*registrar.entropy }
}

/// One change of a request and its leaf, which both parties can open, in one act, done once.
fn write(
    registrar: &Registrar,
    caller: &Caller,
    once: &Once,
    event: &str,
    request: &AccessRequest,
    details: &Value,
    change: impl FnOnce(&mut Tx<'_>) -> Result<(), Problem> + Send + 'static,
) -> Result<Changed, Problem> {
    let leaf = recorder(registrar).leaf(event, caller, &[request.owner, request.requester], details)?;
    let changed = Changed { request: request.id, leaf: leaf.id() };
    let (once, now) = (once.clone(), registrar.clock.now());
    let done = registrar.database.act(move |tx| {
        once.run(tx, now, |tx| {
            change(tx)?;
            logs::append(tx, &leaf);
            Ok(changed)
        })
    })?;
    Ok(done.into_inner())
}
