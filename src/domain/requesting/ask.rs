//! Asking: what a party would use a model for, where, how much, and why.

use std::collections::BTreeSet;

use chancery_base::{
    idempotency::Once,
    problem::{Problem, ProblemKind},
    values::{AccessRequestId, ModelName, Purpose, Territory, TokenCount},
};
use serde::Deserialize;
use serde_json::json;

use super::{Changed, recorder, write};
use crate::{
    documents::require_remark,
    granting::Registrar,
    licensing::{AccessRequest, RequestState},
    parties::{self, Caller, Permission},
    registration,
};

/// Most purposes, and most territories, that one request names; there are fewer than 250 territories.
const CODES: usize = 250;

/// A request asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRequest {
    /// The model.
    pub model: ModelName,
    /// What for.
    pub purposes: BTreeSet<Purpose>,
    /// Where; empty means everywhere.
    #[serde(default)]
    pub territories: BTreeSet<Territory>,
    /// How many tokens in all.
    pub expected_tokens: Option<TokenCount>,
    /// In the requester's words.
    pub message: String,
}

/// Asks the owner of a model for a licence.
///
/// Errors: the caller may not use models; a model that is not visible to it, or is its own; no purpose, or too many; a message
/// that says nothing; a request for the same model that has no answer yet. Each is in the audit log.
pub fn ask(registrar: &Registrar, caller: &Caller, once: &Once, new: NewRequest) -> Result<Changed, Problem> {
    let subject = json!({"model": new.model});
    let asked = try_ask(registrar, caller, once, new);
    recorder(registrar).recorded(caller, "request-access", &subject, asked)
}

fn try_ask(registrar: &Registrar, caller: &Caller, once: &Once, new: NewRequest) -> Result<Changed, Problem> {
    caller.require(Permission::Use)?;
    let refused = |field: &str, detail: &str| Err(Problem::new(ProblemKind::Unprocessable, detail).at(field));
    if new.purposes.is_empty() || new.purposes.len() > CODES {
        return refused("purposes", "say what the model is to be used for: one purpose or more");
    }
    if new.territories.len() > CODES {
        return refused("territories", "there are fewer territories than that; leave them out for everywhere");
    }
    if new.expected_tokens == Some(TokenCount(0)) {
        return refused("expected_tokens", "give at least one token, or leave it out where you cannot tell");
    }
    require_remark("message", &new.message)?;
    let find = |connection: &mut _| registration::find_visible_model(connection, caller.party.id, &new.model);
    let model = registrar.database.read(find).map_err(|problem| problem.at("model"))?;
    if model.owner == caller.party.id {
        return refused("model", "this model is your organisation's own, and an owner needs no licence for it");
    }
    let now = registrar.clock.now();
    let request = AccessRequest {
        id: AccessRequestId::generate(&*registrar.entropy, now),
        model: model.id,
        owner: model.owner,
        requester: caller.party.id,
        purposes: new.purposes,
        territories: new.territories,
        expected_tokens: new.expected_tokens,
        message: new.message,
        state: RequestState::Open,
        grant: None,
        reason: None,
        created_at: now,
        closed_at: None,
    };
    let details = json!({
        "request": request.id, "model": model.name, "purposes": request.purposes, "territories": request.territories,
        "expected_tokens": request.expected_tokens, "message": request.message,
    });
    let opened = request.clone();
    write(registrar, caller, once, "access-requested", &request, &details, move |tx| {
        parties::lock_party(tx, opened.requester)?;
        AccessRequest::open(tx, &opened)
    })
}
