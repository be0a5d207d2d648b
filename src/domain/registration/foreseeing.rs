//! What stops when a version is suspended or withdrawn, for whoever is about to do it.

use chancery_base::{
    problem::Problem,
    values::{Alias, ModelReference},
};

use super::{Archive, sight::find_own};
use crate::{
    artifacts::{self, Version},
    licensing::{Grant, GrantStatus},
    parties::Caller,
};

/// Most grants that are looked at; an owner who has more knows that they are many.
const LOOKED_AT: u32 = 1_000;

/// What rests on a version.
#[derive(Debug, Clone)]
pub struct Resting {
    /// The version.
    pub version: Version,
    /// Grants in force that cover it.
    pub grants: u32,
    /// Whether there may be more than were looked at.
    pub is_more: bool,
    /// Aliases that point to it.
    pub aliases: Vec<Alias>,
    /// The version that is used instead by whoever names none, if another is in use.
    pub instead: Option<u32>,
}

impl Archive {
    /// What rests on a version of the caller's party.
    ///
    /// Errors: not the caller's model; no such version.
    pub fn resting_on(&self, caller: &Caller, reference: &ModelReference) -> Result<Resting, Problem> {
        let now = self.clock.now();
        self.database.read(|connection| {
            let model = find_own(connection, caller, &reference.model)?;
            let found = artifacts::find_version(connection, reference)?;
            let (_, version) = found.ok_or_else(|| Problem::not_found("model version"))?;
            let grants = Grant::on_model(connection, model.id, None, None, LOOKED_AT)?;
            let is_more = u32::try_from(grants.len()).is_ok_and(|count| count >= LOOKED_AT);
            let covers = |grant: &Grant| {
                let versions = &grant.terms.versions;
                grant.status == GrantStatus::Accepted
                    && grant.terms.term.end.is_none_or(|end| now < end)
                    && (versions.is_empty() || versions.contains(&version.number))
            };
            let count = grants.iter().filter(|grant| covers(grant)).count();
            let aliases = artifacts::aliases_of(connection, model.id)?;
            let aliases = aliases.into_iter().filter(|(_, number)| *number == version.number).map(|(alias, _)| alias);
            Ok(Resting {
                grants: u32::try_from(count).unwrap_or(LOOKED_AT),
                is_more,
                aliases: aliases.collect(),
                instead: artifacts::newest_in_use_but(connection, model.id, version.number)?,
                version,
            })
        })
    }
}
