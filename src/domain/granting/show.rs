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
    licensing::{self, Grant, GrantSearch, GrantSide, GrantState, Named, QuotaState},
    parties::{self, Caller, RecordSight},
};

/// Most parties and most models that a name which was typed may mean.
const MEANT: u32 = 50;

/// Which grants a listing shows.
#[derive(Debug, Clone, Default)]
pub struct GrantQuery {
    /// Those given, those held, or both.
    pub side: Option<GrantSide>,
    /// How they stand.
    pub state: Option<GrantState>,
    /// The beginning of the other party's name or of the model's.
    pub name: Option<String>,
    /// The grant that the page before ended with.
    pub after: Option<GrantId>,
}

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
    /// Errors: not there, or not the caller's to see.
    pub fn show(&self, caller: &Caller, id: GrantId) -> Result<ShownGrant, Problem> {
        self.database.read(|connection| {
            let grant = Grant::find_for(connection, id, caller.party.id)?;
            if !is_seen(&RecordSight::of(connection, caller)?, &grant) {
                return Err(Problem::not_found("grant"));
            }
            Names::default().of(connection, grant)
        })
    }

    /// A page of the grants that the caller's party gave or holds; shorter than [`PAGE_ITEMS`] when it is the last.
    ///
    /// Errors: the database cannot be read.
    pub fn list(&self, caller: &Caller, query: &GrantQuery) -> Result<Vec<ShownGrant>, Problem> {
        self.database.read(|connection| {
            let search = GrantSearch {
                sight: RecordSight::of(connection, caller)?,
                side: query.side,
                state: query.state,
                named: query.name.as_deref().map(|name| meant(connection, caller, name)).transpose()?,
                now: self.clock.now(),
                after: query.after,
                limit: PAGE_ITEMS,
            };
            let mut names = Names::default();
            let grants = Grant::search(connection, &search)?;
            grants.into_iter().map(|grant| names.of(connection, grant)).collect()
        })
    }
}

/// Whether a grant stands in the period that may be seen, from its offer to its end, between parties that may be seen.
pub(super) fn is_seen(sight: &RecordSight, grant: &Grant) -> bool {
    let ends = [grant.terms.term.end, grant.revoked_at];
    sight.covers_span(grant.offered_at, ends.into_iter().flatten().min(), &[grant.licensor, grant.licensee])
}

/// What somebody who types `name` may mean: parties, models of its own party, or models as `owner/name`.
fn meant(connection: &mut AnyConnection, caller: &Caller, name: &str) -> Result<Named, Problem> {
    let (owner, model) = name.split_once('/').unwrap_or((caller.party.slug.as_str(), name));
    let parties = if name.contains('/') { Vec::new() } else { parties::parties_named(connection, name, MEANT)? };
    Ok(Named { parties, models: artifacts::models_named(connection, owner, model, MEANT)? })
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
