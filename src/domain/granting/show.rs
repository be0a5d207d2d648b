//! Showing grants to the parties they are between, with the names of what they refer to.

use std::collections::HashMap;

use chancery_base::{
    db::AnyConnection,
    problem::Problem,
    values::{GrantId, ModelId, ModelName, PAGE_ITEMS, PartyId, Slug},
};

use super::Registrar;
use crate::{
    artifacts,
    licensing::{self, Grant, QuotaState},
    parties::{self, Caller},
};

/// A grant as its parties see it.
#[derive(Debug, Clone)]
pub struct ShownGrant {
    /// The grant.
    pub grant: Grant,
    /// Its model.
    pub model: ModelName,
    /// Who gave it.
    pub licensor: Slug,
    /// Who holds it.
    pub licensee: Slug,
    /// How its quota stands, where its terms set one.
    pub quota: Option<QuotaState>,
}

impl Registrar {
    /// A grant that the caller's party gave or holds.
    ///
    /// Errors: not there, or not the party's to see.
    pub fn show(&self, caller: &Caller, id: GrantId) -> Result<ShownGrant, Problem> {
        self.database.read(|connection| {
            let grant = Grant::find_for(connection, id, caller.party.id)?;
            Names::default().of(connection, grant)
        })
    }

    /// A page of the grants that the caller's party gave or holds, newest first, older than `before`; shorter than [`PAGE_ITEMS`]
    /// when it is the last.
    ///
    /// Errors: the database cannot be read.
    pub fn list(&self, caller: &Caller, before: Option<GrantId>) -> Result<Vec<ShownGrant>, Problem> {
        self.database.read(|connection| {
            let mut names = Names::default();
            let grants = Grant::of_party(connection, caller.party.id, before, PAGE_ITEMS)?;
            grants.into_iter().map(|grant| names.of(connection, grant)).collect()
        })
    }
}

/// Names looked up once for a page.
#[derive(Default)]
pub struct Names {
    models: HashMap<ModelId, ModelName>,
    parties: HashMap<PartyId, Slug>,
}

impl Names {
    pub(super) fn of(&mut self, connection: &mut AnyConnection, grant: Grant) -> Result<ShownGrant, Problem> {
        Ok(ShownGrant {
            model: self.model(connection, grant.model)?,
            licensor: self.party(connection, grant.licensor)?,
            licensee: self.party(connection, grant.licensee)?,
            quota: licensing::quota_of(connection, grant.id)?,
            grant,
        })
    }

    /// The name of a model that is there.
    ///
    /// Errors: it is not, or the database cannot be read.
    pub fn model(&mut self, connection: &mut AnyConnection, id: ModelId) -> Result<ModelName, Problem> {
        if let Some(name) = self.models.get(&id) {
            return Ok(name.clone());
        }
        let model = artifacts::find_model_by_id(connection, id)?;
        let name = model.ok_or_else(|| Problem::internal("a model is missing that something refers to"))?.name;
        self.models.insert(id, name.clone());
        Ok(name)
    }

    /// The name of a party that is there.
    ///
    /// Errors: it is not, or the database cannot be read.
    pub fn party(&mut self, connection: &mut AnyConnection, id: PartyId) -> Result<Slug, Problem> {
        if let Some(slug) = self.parties.get(&id) {
            return Ok(slug.clone());
        }
        let party = parties::find_party(connection, id)?;
        let slug = party.ok_or_else(|| Problem::internal("a party is missing that something refers to"))?.slug;
        self.parties.insert(id, slug.clone());
        Ok(slug)
    }
}
