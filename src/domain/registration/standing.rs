//! What happens to a version after it was registered: its status changes, aliases move, holds freeze its model.

use chancery_base::{
    idempotency::Once,
    logs,
    problem::{Problem, ProblemKind},
    values::{Alias, HoldId, LeafId, ModelName, ModelReference, PAGE_ITEMS, VersionId},
};
use serde::Deserialize;
use serde_json::json;

use super::{Archive, sight::find_own};
use crate::{
    artifacts::{self, Version, VersionStatus},
    catalogue,
    documents::require_remark,
    holds::{self, Hold},
    parties::{Caller, Permission},
};

/// A hold asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewHold {
    /// By whose authority.
    pub authority: String,
    /// Why, for whoever is refused.
    pub reason: String,
    /// Whether a law obliges the operator.
    pub legal_demand: bool,
}

impl Archive {
    /// Changes the status of a version of the caller's party. The leaf is absent where it had that status already.
    ///
    /// Errors: not the caller's model; a version that was withdrawn, which stays so; one that somebody else changes at the
    /// same time. Each is in the audit log.
    pub fn change_status(
        &self,
        caller: &Caller,
        once: &Once,
        reference: &ModelReference,
        status: VersionStatus,
    ) -> Result<(Version, Option<LeafId>), Problem> {
        let subject = json!({"model": reference.to_string(), "status": status});
        let changed = self.try_change_status(caller, once, reference, status);
        let (id, leaf) = self.recorder().recorded(caller, "change-version-status", &subject, changed)?;
        let version = self.database.read(|connection| artifacts::find_version_by_id(connection, id))?;
        Ok((version.ok_or_else(|| Problem::not_found("model version"))?, leaf))
    }

    fn try_change_status(
        &self,
        caller: &Caller,
        once: &Once,
        reference: &ModelReference,
        status: VersionStatus,
    ) -> Result<(VersionId, Option<LeafId>), Problem> {
        let version = self.own_version(caller, reference)?;
        let (id, model, before) = (version.id, version.model, version.status);
        let details = json!({"model": reference.model, "version": version.number, "from": before, "to": status});
        let leaf = self.recorder().leaf("version-status-changed", caller, &[], &details)?;
        let (once, now) = (once.clone(), self.clock.now());
        let done = self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                if before == status {
                    return Ok((id, None));
                }
                if status == VersionStatus::Destroyed {
                    let detail =
                        "keys are destroyed by an act of their own, with a reason; see `chancery model destroy --help`";
                    return Err(Problem::new(ProblemKind::Unprocessable, detail).at("status"));
                }
                if !before.may_become(status) {
                    let detail = "the version was withdrawn, which licensees rely on; register a new version instead";
                    return Err(Problem::new(ProblemKind::Conflict, detail));
                }
                if !artifacts::change_status(tx, id, before, status)? {
                    let detail = "the version's status changed meanwhile; look at it and decide again";
                    return Err(Problem::new(ProblemKind::Conflict, detail));
                }
                catalogue::enter_model(tx, model)?;
                logs::append(tx, &leaf);
                Ok((id, Some(leaf.id())))
            })
        })?;
        Ok(done.into_inner())
    }

    /// Points an alias to a version of the caller's party, wherever it pointed before.
    ///
    /// Errors: not the caller's model; no such version. Each is in the audit log.
    pub fn set_alias(
        &self,
        caller: &Caller,
        once: &Once,
        reference: &ModelReference,
        alias: &Alias,
    ) -> Result<LeafId, Problem> {
        let set = self.try_set_alias(caller, once, reference, alias);
        self.recorder().recorded(caller, "set-alias", &json!({"model": reference.to_string(), "alias": alias}), set)
    }

    fn try_set_alias(
        &self,
        caller: &Caller,
        once: &Once,
        reference: &ModelReference,
        alias: &Alias,
    ) -> Result<LeafId, Problem> {
        let version = self.own_version(caller, reference)?;
        let details = json!({"model": reference.model, "alias": alias, "version": version.number});
        let leaf = self.recorder().leaf("alias-set", caller, &[], &details)?;
        let (once, alias, now) = (once.clone(), alias.clone(), self.clock.now());
        let done = self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                artifacts::set_alias(tx, version.model, &alias, version.id)?;
                logs::append(tx, &leaf);
                Ok(leaf.id())
            })
        })?;
        Ok(done.into_inner())
    }

    /// Freezes a model, whoever owns it.
    ///
    /// Errors: the caller is not the operator; no such model; an authority or reason that is blank or too long. Each is in the
    /// audit log.
    pub fn place_hold(
        &self,
        caller: &Caller,
        once: &Once,
        model: &ModelName,
        new: &NewHold,
    ) -> Result<(HoldId, LeafId), Problem> {
        let placed = self.try_place_hold(caller, once, model, new);
        self.recorder().recorded(caller, "place-hold", &json!({"model": model}), placed)
    }

    fn try_place_hold(
        &self,
        caller: &Caller,
        once: &Once,
        model: &ModelName,
        new: &NewHold,
    ) -> Result<(HoldId, LeafId), Problem> {
        caller.require(Permission::Operate)?;
        require_remark("authority", &new.authority)?;
        require_remark("reason", &new.reason)?;
        let found = self.database.read(|connection| artifacts::find_model(connection, model))?;
        let found = found.ok_or_else(|| Problem::not_found("model"))?;
        let now = self.clock.now();
        let hold = Hold {
            id: HoldId::generate(&*self.entropy, now),
            model: found.id,
            authority: new.authority.clone(),
            reason: new.reason.clone(),
            is_legal_demand: new.legal_demand,
            placed_at: now,
            released_at: None,
        };
        let details = json!({
            "hold": hold.id, "model": model, "authority": hold.authority, "reason": hold.reason,
            "legal_demand": hold.is_legal_demand,
        });
        let leaf = self.recorder().leaf("hold-placed", caller, &[found.owner], &details)?;
        let once = once.clone();
        let done = self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                holds::place_hold(tx, &hold)?;
                artifacts::raise_model_epoch(tx, hold.model)?;
                logs::append(tx, &leaf);
                Ok((hold.id, leaf.id()))
            })
        })?;
        Ok(done.into_inner())
    }

    /// What is held now, with the name of the model: on every model for the operator, on its own for others. A page, oldest first.
    ///
    /// Errors: those of the database.
    pub fn list_holds(&self, caller: &Caller, after: Option<HoldId>) -> Result<Vec<(Hold, ModelName)>, Problem> {
        let owner = caller.require(Permission::Operate).is_err().then_some(caller.party.id);
        self.database.read(|connection| {
            let held = holds::list_holds(connection, owner, after, PAGE_ITEMS)?;
            let named = held.into_iter().map(|hold| {
                let model = artifacts::find_model_by_id(connection, hold.model)?;
                let model = model.ok_or_else(|| Problem::internal("the model of a hold is missing"))?;
                Ok((hold, model.name))
            });
            named.collect()
        })
    }

    /// Ends a hold; releasing it again changes nothing.
    ///
    /// Errors: the caller is not the operator; no such hold. Each is in the audit log.
    pub fn release_hold(&self, caller: &Caller, once: &Once, id: HoldId) -> Result<(), Problem> {
        let released = self.try_release_hold(caller, once, id);
        self.recorder().recorded(caller, "release-hold", &json!({"hold": id}), released)
    }

    fn try_release_hold(&self, caller: &Caller, once: &Once, id: HoldId) -> Result<(), Problem> {
        caller.require(Permission::Operate)?;
        let missing = || Problem::not_found("hold");
        let model = self.database.read(|connection| {
            let hold = holds::find_hold(connection, id)?.ok_or_else(missing)?;
            artifacts::find_model_by_id(connection, hold.model)?.ok_or_else(missing)
        })?;
        let details = json!({"hold": id, "model": model.name});
        let leaf = self.recorder().leaf("hold-released", caller, &[model.owner], &details)?;
        let (once, now) = (once.clone(), self.clock.now());
        self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                if holds::release_hold(tx, id, now)? {
                    artifacts::raise_model_epoch(tx, model.id)?;
                    logs::append(tx, &leaf);
                }
                Ok(())
            })
        })?;
        Ok(())
    }

    pub(crate) fn own_version(&self, caller: &Caller, reference: &ModelReference) -> Result<Version, Problem> {
        self.database.read(|connection| {
            find_own(connection, caller, &reference.model)?;
            let found = artifacts::find_version(connection, reference)?;
            found.map(|(_, version)| version).ok_or_else(|| Problem::not_found("model version"))
        })
    }
}
