//! Listing: the models a party may know of, with what a listing shows of each.

use chancery_base::{
    db::AnyConnection,
    problem::Problem,
    values::{Alias, ArtifactKind, ModelName, PAGE_ITEMS},
};

use super::{Archive, find_visible_of_kind, list_visible};
use crate::{
    artifacts::{self, Model, Version},
    parties::Caller,
};

/// A model as listings show it.
#[derive(Debug, Clone)]
pub struct ListedModel {
    /// The model.
    pub model: Model,
    /// How many versions it has.
    pub versions: u32,
    /// Its aliases, with the numbers of the versions they point to.
    pub aliases: Vec<(Alias, u32)>,
}

impl Archive {
    /// A page of the artifacts of one kind that the caller may know of, after the one named `after`; see [`list_visible`].
    ///
    /// Errors: the database cannot be read.
    pub fn list(
        &self,
        caller: &Caller,
        kind: ArtifactKind,
        after: Option<&ModelName>,
    ) -> Result<Vec<ListedModel>, Problem> {
        self.database.read(|connection| {
            let models = list_visible(connection, kind, caller.party.id, after)?;
            models.into_iter().map(|model| listed(connection, model)).collect()
        })
    }

    /// One model or data set, without its versions.
    ///
    /// Errors: what does not exist and what is not for the caller answer alike.
    pub fn glance(&self, caller: &Caller, kind: ArtifactKind, name: &ModelName) -> Result<ListedModel, Problem> {
        self.database.read(|connection| {
            let model = find_visible_of_kind(connection, kind, caller.party.id, name)?;
            listed(connection, model)
        })
    }

    /// One model or data set with a page of its versions, oldest first, of numbers above `after`; the page is shorter than [`PAGE_ITEMS`] when
    /// it is the last.
    ///
    /// Errors: what does not exist and what is not for the caller answer alike.
    pub fn show(
        &self,
        caller: &Caller,
        kind: ArtifactKind,
        name: &ModelName,
        after: u32,
    ) -> Result<(ListedModel, Vec<Version>), Problem> {
        self.database.read(|connection| {
            let model = find_visible_of_kind(connection, kind, caller.party.id, name)?;
            let versions = artifacts::versions_of(connection, model.id, after, PAGE_ITEMS)?;
            Ok((listed(connection, model)?, versions))
        })
    }
}

fn listed(connection: &mut AnyConnection, model: Model) -> Result<ListedModel, Problem> {
    let versions = artifacts::version_count(connection, model.id)?;
    Ok(ListedModel { versions, aliases: artifacts::aliases_of(connection, model.id)?, model })
}
