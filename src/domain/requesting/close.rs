//! Ending a request without an offer: its owner declines, or who asked takes it back.

use chancery_base::{
    idempotency::Once,
    problem::{Problem, ProblemKind},
    values::AccessRequestId,
};
use serde_json::json;

use super::{Changed, recorder, write};
use crate::{
    documents::require_remark,
    granting::Registrar,
    licensing::{AccessRequest, RequestState},
    parties::{Caller, Permission},
};

/// Declines a request for a model of the caller's party.
///
/// Errors: the caller may not administer; not a request for its party's model; a reason that says nothing; a request that is
/// not open any more. Each is in the audit log.
pub fn decline(
    registrar: &Registrar,
    caller: &Caller,
    once: &Once,
    id: AccessRequestId,
    reason: &str,
) -> Result<Changed, Problem> {
    let declined = try_decline(registrar, caller, once, id, reason);
    recorder(registrar).recorded(caller, "decline-request", &json!({"request": id}), declined)
}

fn try_decline(
    registrar: &Registrar,
    caller: &Caller,
    once: &Once,
    id: AccessRequestId,
    reason: &str,
) -> Result<Changed, Problem> {
    caller.require(Permission::Administer)?;
    let request = find(registrar, caller, id)?;
    if request.owner != caller.party.id {
        return Err(Problem::new(ProblemKind::Forbidden, "only the model's owner declines a request; withdraw it"));
    }
    require_remark("reason", reason)?;
    let details = json!({"request": id, "reason": reason});
    let (reason, now) = (reason.to_owned(), registrar.clock.now());
    write(registrar, caller, once, "access-declined", &request, &details, move |tx| {
        AccessRequest::close(tx, id, RequestState::Declined, None, Some(&reason), now)
    })
}

/// Takes back a request of the caller's party.
///
/// Errors: the caller may not use models; not a request of its party; one that is not open any more. Each is in the audit log.
pub fn withdraw(registrar: &Registrar, caller: &Caller, once: &Once, id: AccessRequestId) -> Result<Changed, Problem> {
    let withdrawn = try_withdraw(registrar, caller, once, id);
    recorder(registrar).recorded(caller, "withdraw-request", &json!({"request": id}), withdrawn)
}

fn try_withdraw(registrar: &Registrar, caller: &Caller, once: &Once, id: AccessRequestId) -> Result<Changed, Problem> {
    caller.require(Permission::Use)?;
    let request = find(registrar, caller, id)?;
    if request.requester != caller.party.id {
        return Err(Problem::new(ProblemKind::Forbidden, "only who asked withdraws a request; decline it"));
    }
    let now = registrar.clock.now();
    write(registrar, caller, once, "access-request-withdrawn", &request, &json!({"request": id}), move |tx| {
        AccessRequest::close(tx, id, RequestState::Withdrawn, None, None, now)
    })
}

fn find(registrar: &Registrar, caller: &Caller, id: AccessRequestId) -> Result<AccessRequest, Problem> {
    registrar.database.read(|connection| AccessRequest::find_for(connection, id, caller.party.id))
}
