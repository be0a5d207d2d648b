//! The grants on one model that a party may see: all of them where it owns the model, otherwise its own.

use chancery_base::{
    problem::Problem,
    values::{GrantId, ModelId},
};

use super::{
    Registrar,
    show::{Names, ShownGrant, is_seen},
};
use crate::{
    artifacts,
    licensing::Grant,
    parties::{Caller, RecordSight},
};

/// A page of the grants on a model.
#[derive(Debug, Clone)]
pub struct GrantsOnModel {
    /// Those that the caller may see, newest first.
    pub items: Vec<ShownGrant>,
    /// The last that was looked at, where the page behind it goes on, if there is one.
    pub next: Option<GrantId>,
}

impl Registrar {
    /// A page of at most `limit` grants on `model`, older than `before`, as far as the caller may see.
    ///
    /// Errors: the database cannot be read.
    pub fn on_model(
        &self,
        caller: &Caller,
        model: ModelId,
        before: Option<GrantId>,
        limit: u32,
    ) -> Result<GrantsOnModel, Problem> {
        self.database.read(|connection| {
            let sight = RecordSight::of(connection, caller)?;
            let found = artifacts::find_model_by_id(connection, model)?.ok_or_else(|| Problem::not_found("model"))?;
            let licensee = (found.owner != caller.party.id).then_some(caller.party.id);
            let mut grants = Grant::on_model(connection, model, licensee, before, limit.saturating_add(1))?;
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let goes_on = grants.len() > limit;
            grants.truncate(limit);
            let next = grants.last().filter(|_| goes_on).map(|grant| grant.id);
            let (mut names, mut items) = (Names::default(), Vec::new());
            for grant in grants {
                if is_seen(&sight, &grant) {
                    items.push(names.of(connection, grant)?);
                }
            }
            Ok(GrantsOnModel { items, next })
        })
    }
}
