//! Deciding that the logs go on under another name and with other keys. Carrying it out is for whoever holds the keys, with the server
//! stopped; this is the decision, which the log names with whoever took it.

mod rows;

use chancery_base::{
    db::Tx,
    idempotency::Once,
    logs,
    problem::{Problem, ProblemKind},
    values::{RotationId, UnixMillis},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use rows::{finish, open};

use crate::{
    approvals::{self, ProposalKind},
    documents::require_remark,
    membership::Office,
    parties::{self, Caller, Permission},
};

/// A rotation asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRotation {
    /// Why, for whoever reads the log.
    pub reason: String,
}

/// A rotation that was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// Its identity.
    pub id: RotationId,
    /// Why.
    pub reason: String,
    /// When it was decided.
    pub ordered_at: UnixMillis,
    /// Until when it can be carried out.
    pub expires_at: UnixMillis,
    /// When it was carried out.
    pub done_at: Option<UnixMillis>,
}

impl Rotation {
    /// How long it can be carried out, so that an order which nobody remembers is not found by somebody else.
    pub const DAYS: i64 = 7;

    /// Whether it can be carried out at `now`.
    #[must_use]
    pub fn is_open(&self, now: UnixMillis) -> bool {
        self.done_at.is_none() && now < self.expires_at
    }
}

/// Decides that the logs go on under another name.
///
/// Errors: the caller may not operate the registry; a rotation waits to be carried out already; a second person is needed; a reason
/// that is blank or too long. Each is in the audit log.
pub fn order(office: &Office, caller: &Caller, once: &Once, new: &NewRotation) -> Result<Rotation, Problem> {
    let ordered = try_order(office, caller, once, new);
    office.recorder().recorded(caller, "order-log-rotation", &json!({}), ordered)
}

/// The rotation that was decided last.
///
/// Errors: the caller may not operate the registry; those of the database.
pub fn last_ordered(office: &Office, caller: &Caller) -> Result<Option<Rotation>, Problem> {
    caller.require(Permission::Operate)?;
    Ok(office.database.read(rows::last)?)
}

fn try_order(office: &Office, caller: &Caller, once: &Once, new: &NewRotation) -> Result<Rotation, Problem> {
    caller.require(Permission::Operate)?;
    require_remark("reason", &new.reason)?;
    let now = office.clock.now();
    let rotation = Rotation {
        id: RotationId::generate(&*office.entropy, now),
        reason: new.reason.clone(),
        ordered_at: now,
        expires_at: now.plus_days(Rotation::DAYS),
        done_at: None,
    };
    let details = json!({"rotation": rotation.id, "reason": rotation.reason, "expires_at": rotation.expires_at});
    let leaf = office.recorder().leaf("log-rotation-ordered", caller, &[], &details)?;
    let (caller, once) = (caller.clone(), once.clone());
    let done = office.database.act(move |tx| {
        once.run(tx, now, |tx| {
            parties::lock_party(tx, caller.party.id)?;
            // What could not be done is not proposed either.
            refuse_second(tx, now)?;
            approvals::require(tx, &caller, ProposalKind::LogRotation, now, |rules| rules.log_rotation)?;
            rows::insert(tx, &rotation)?;
            logs::append(tx, &leaf);
            Ok(rotation)
        })
    })?;
    Ok(done.into_inner())
}

fn refuse_second(tx: &mut Tx<'_>, now: UnixMillis) -> Result<(), Problem> {
    let Some(waiting) = rows::open(tx, now)? else { return Ok(()) };
    let detail = format!(
        "{} was ordered already; stop the server and carry it out with `chancery log rotate --data DIR`",
        waiting.id
    );
    Err(Problem::new(ProblemKind::Conflict, detail))
}
