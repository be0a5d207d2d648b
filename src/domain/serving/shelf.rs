//! What does not change about a version between two of its epochs, read and weighed once: its row, what its papers claim
//! together with those of its ancestors, and who answers for it.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chancery_base::{
    db::AnyConnection,
    problem::Problem,
    values::{ModelId, ModelReference, PartyId, Selector, Standing, VersionId},
};
use serde_json::Value;

use super::disclosure::{Told, disclosed_claims};
use crate::{
    artifacts::{self, Version, VersionParent},
    policy::{Claims, Paper},
    registration,
};

/// Versions that are kept at hand; beyond that the shelf is cleared and fills again.
const SHELF_SIZE: usize = 4_096;

/// A version as uses need it.
pub(super) struct Shelved {
    /// Its row.
    pub version: Version,
    /// What its passport says about who answers for harm, as it stands in the liability log.
    pub liability: Value,
    /// Its papers and those of its ancestors, itself first, each with the model it belongs to.
    papers: Vec<(ModelId, Paper)>,
    claims: Arc<Claims>,
    /// What the papers claim to those who may not know of these models.
    disclosed: Mutex<HashMap<Vec<ModelId>, Arc<Claims>>>,
}

impl Shelved {
    /// What its papers claim, as far as `viewer` may know: the verdicts of all, the details of the papers it may see.
    ///
    /// Errors: the database cannot be read.
    pub(super) fn claims_for(&self, connection: &mut AnyConnection, viewer: PartyId) -> Result<Arc<Claims>, Problem> {
        let hidden = self.hidden_from(connection, viewer)?;
        if hidden.is_empty() {
            return Ok(Arc::clone(&self.claims));
        }
        let mut disclosed = self.disclosed.lock().unwrap_or_else(PoisonError::into_inner);
        let claims =
            disclosed.entry(hidden).or_insert_with_key(|hidden| Arc::new(disclosed_claims(&self.papers, hidden)));
        Ok(Arc::clone(claims))
    }

    /// Its papers and those of its ancestors, as far as `viewer` may know.
    ///
    /// Errors: the database cannot be read.
    pub(super) fn told_to(&self, connection: &mut AnyConnection, viewer: PartyId) -> Result<Told, Problem> {
        Ok(Told::of(&self.papers, &self.hidden_from(connection, viewer)?))
    }

    /// Models among its ancestors that `viewer` may not know of.
    fn hidden_from(&self, connection: &mut AnyConnection, viewer: PartyId) -> Result<Vec<ModelId>, Problem> {
        let ancestors: BTreeSet<ModelId> =
            self.papers.iter().map(|(model, _)| *model).filter(|model| *model != self.version.model).collect();
        let mut hidden = Vec::new();
        for id in ancestors {
            let model = artifacts::find_model_by_id(connection, id)?;
            let model = model.ok_or_else(|| Problem::internal("a version's model is missing"))?;
            if !registration::is_visible(connection, viewer, &model)? {
                hidden.push(id);
            }
        }
        Ok(hidden)
    }
}

/// Versions by identity, each at one epoch.
#[derive(Default)]
pub(super) struct Shelf(Mutex<HashMap<VersionId, Arc<Shelved>>>);

impl Shelf {
    /// The version `id`, of which `epoch` was just read.
    ///
    /// Errors: it is gone; its papers cannot be read, or are not those that were signed.
    pub(super) fn of(
        &self,
        connection: &mut AnyConnection,
        id: VersionId,
        epoch: u64,
    ) -> Result<Arc<Shelved>, Problem> {
        if let Some(shelved) = self.lock().get(&id).filter(|shelved| shelved.version.epoch == epoch) {
            return Ok(Arc::clone(shelved));
        }
        let version = artifacts::find_version_by_id(connection, id)?;
        let version = version.ok_or_else(|| Problem::not_found("model version"))?;
        let papers = papers(connection, &version)?;
        let (_, own) = papers.first().ok_or_else(|| Problem::internal("a version has no papers"))?;
        let shelved = Arc::new(Shelved {
            liability: serde_json::to_value(own.document.passport().map(|passport| &passport.liability))
                .map_err(Problem::internal)?,
            claims: Arc::new(disclosed_claims(&papers, &[])),
            disclosed: Mutex::default(),
            papers,
            version,
        });
        let mut shelf = self.lock();
        if shelf.len() >= SHELF_SIZE {
            shelf.clear();
        }
        shelf.insert(id, Arc::clone(&shelved));
        Ok(shelved)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<VersionId, Arc<Shelved>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The papers of `version` and of every registered version it descends from, itself first.
fn papers(connection: &mut AnyConnection, version: &Version) -> Result<Vec<(ModelId, Paper)>, Problem> {
    let mut papers = Vec::new();
    let mut seen = BTreeSet::from([version.id]);
    let mut open = vec![version.clone()];
    while let Some(version) = open.pop() {
        let mut observed = BTreeSet::new();
        for VersionParent { parent, standing, .. } in artifacts::parents_of(connection, version.id)? {
            let found = artifacts::find_version_by_id(connection, parent)?;
            let found = found.ok_or_else(|| Problem::internal("a recorded parent version is missing"))?;
            if standing == Standing::Observed {
                observed.insert(pinned(connection, &found)?);
            }
            if seen.insert(parent) {
                open.push(found);
            }
        }
        papers.push((version.model, paper(connection, &version, observed)?));
    }
    Ok(papers)
}

fn paper(
    connection: &mut AnyConnection,
    version: &Version,
    observed: BTreeSet<ModelReference>,
) -> Result<Paper, Problem> {
    let reference = pinned(connection, version)?;
    let signed = registration::signed_papers(connection, version)?;
    let signed = signed.ok_or_else(|| registration::not_as_signed("statement or passport", &reference.model))?;
    Ok(Paper { reference, document: signed.document, observed })
}

fn pinned(connection: &mut AnyConnection, version: &Version) -> Result<ModelReference, Problem> {
    let model = artifacts::find_model_by_id(connection, version.model)?;
    let model = model.ok_or_else(|| Problem::internal("a version's model is missing"))?;
    Ok(ModelReference { model: model.name, selector: Selector::Number(version.number) })
}
