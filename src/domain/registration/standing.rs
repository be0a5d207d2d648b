//! What happens to a version after it was registered: its status changes, aliases move, holds freeze its model.

use chancery_base::{
    logs,
    problem::{Problem, ProblemKind},
    values::{HoldId, LeafId, ModelName, ModelReference, Slug},
};
use serde::Deserialize;
use serde_json::json;

use super::{Archive, sight::find_own};
use crate::{
    artifacts::{self, Version, VersionStatus},
    holds::{self, Hold},
    parties::{Caller, Permission},
};

/// Longest name of an authority and longest reason, in characters.
const TEXT_CHARACTERS: usize = 2_000;

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
    /// Changes the status of a version of the caller's party.
    ///
    /// Errors: not the caller's model; a version that was withdrawn, which stays so.
    pub fn change_status(
        &self,
        caller: &Caller,
        reference: &ModelReference,
        status: VersionStatus,
    ) -> Result<(Version, LeafId), Problem> {
        let version = self.own_version(caller, reference)?;
        if version.status == VersionStatus::Withdrawn && status != VersionStatus::Withdrawn {
            let detail = "the version was withdrawn, which licensees rely on; register a new version instead";
            return Err(Problem::new(ProblemKind::Conflict, detail));
        }
        let details = json!({
            "model": reference.model, "version": version.number, "from": version.status, "to": status,
        });
        let leaf = self.leaf("version-status-changed", caller, &[], &details)?;
        let (id, leaf_id) = (version.id, leaf.id());
        let changed = self.database.act(move |tx| {
            let before = artifacts::find_version_by_id(tx, id)?.ok_or_else(|| Problem::not_found("model version"))?;
            if before.status.may_become(status) {
                artifacts::change_status(tx, id, status)?;
            }
            logs::append(tx, &leaf)?;
            artifacts::find_version_by_id(tx, id)?.ok_or_else(|| Problem::not_found("model version"))
        })?;
        Ok((changed, leaf_id))
    }

    /// Points an alias to a version of the caller's party, wherever it pointed before.
    ///
    /// Errors: not the caller's model; no such version.
    pub fn set_alias(&self, caller: &Caller, reference: &ModelReference, alias: &Slug) -> Result<LeafId, Problem> {
        let version = self.own_version(caller, reference)?;
        let details = json!({"model": reference.model, "alias": alias, "version": version.number});
        let leaf = self.leaf("alias-set", caller, &[], &details)?;
        let (id, alias) = (leaf.id(), alias.clone());
        self.database.act(move |tx| {
            artifacts::set_alias(tx, version.model, &alias, version.id)?;
            logs::append(tx, &leaf)?;
            Ok(id)
        })
    }

    /// Freezes a model, whoever owns it.
    ///
    /// Errors: the caller is not the operator; no such model; an authority or reason that is blank or too long.
    pub fn place_hold(&self, caller: &Caller, model: &ModelName, new: &NewHold) -> Result<(Hold, LeafId), Problem> {
        caller.require(Permission::Operate)?;
        require_text("authority", &new.authority)?;
        require_text("reason", &new.reason)?;
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
        let leaf = self.leaf("hold-placed", caller, &[found.owner], &details)?;
        let (placed, leaf_id) = (hold.clone(), leaf.id());
        self.database.act(move |tx| {
            holds::place_hold(tx, &placed)?;
            logs::append(tx, &leaf)?;
            Ok(())
        })?;
        Ok((hold, leaf_id))
    }

    /// Ends a hold.
    ///
    /// Errors: the caller is not the operator; no such hold, or one that ended before.
    pub fn release_hold(&self, caller: &Caller, id: HoldId) -> Result<LeafId, Problem> {
        caller.require(Permission::Operate)?;
        let missing = || Problem::not_found("hold");
        let owner = self.database.read(|connection| {
            let hold = holds::find_hold(connection, id)?.ok_or_else(missing)?;
            let model = artifacts::find_model_by_id(connection, hold.model)?.ok_or_else(missing)?;
            Ok::<_, Problem>(model.owner)
        })?;
        let leaf = self.leaf("hold-released", caller, &[owner], &json!({"hold": id}))?;
        let (leaf_id, now) = (leaf.id(), self.clock.now());
        self.database.act(move |tx| {
            holds::release_hold(tx, id, now).map_err(|error| match error {
                chancery_base::db::Error::NotFound => Problem::not_found("hold"),
                other => other.into(),
            })?;
            logs::append(tx, &leaf)?;
            Ok(leaf_id)
        })
    }

    fn own_version(&self, caller: &Caller, reference: &ModelReference) -> Result<Version, Problem> {
        self.database.read(|connection| {
            find_own(connection, caller, &reference.model)?;
            let found = artifacts::find_version(connection, reference)?;
            found.map(|(_, version)| version).ok_or_else(|| Problem::not_found("model version"))
        })
    }
}

fn require_text(field: &str, text: &str) -> Result<(), Problem> {
    let is_text = !text.trim().is_empty() && text.chars().count() <= TEXT_CHARACTERS;
    if is_text && !text.chars().any(|character| character.is_control() && character != '\n') {
        return Ok(());
    }
    let detail = format!("give 1 to {TEXT_CHARACTERS} characters of text");
    Err(Problem::new(ProblemKind::Unprocessable, detail).at(field))
}
