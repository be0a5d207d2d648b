//! The claims of versions, weighed once: passports and lineage never change after registration.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use chancery_base::{
    db::{AnyConnection, Database},
    problem::Problem,
    values::{ModelReference, Selector, VersionId},
};

use crate::{
    artifacts::{self, Version},
    passport::Passport,
    policy::{Claims, Paper},
};

/// Versions whose claims are kept weighed; beyond that the shelf is cleared and fills again.
const SHELF_SIZE: usize = 4_096;

/// Weighed claims by version.
#[derive(Default)]
pub(super) struct ClaimsShelf(Mutex<HashMap<VersionId, Arc<Claims>>>);

impl ClaimsShelf {
    /// The claims of `version`.
    ///
    /// Errors: the papers cannot be read.
    pub(super) fn of(&self, database: &Database, version: &Version) -> Result<Arc<Claims>, Problem> {
        if let Some(claims) = self.shelf().get(&version.id) {
            return Ok(Arc::clone(claims));
        }
        let papers = database.read(|connection| papers(connection, version))?;
        let claims = Arc::new(Claims::weigh(&papers));
        let mut shelf = self.shelf();
        if shelf.len() >= SHELF_SIZE {
            shelf.clear();
        }
        shelf.insert(version.id, Arc::clone(&claims));
        Ok(claims)
    }

    fn shelf(&self) -> std::sync::MutexGuard<'_, HashMap<VersionId, Arc<Claims>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The papers of `version` and of every registered version it descends from, itself first.
pub(super) fn papers(connection: &mut AnyConnection, version: &Version) -> Result<Vec<Paper>, Problem> {
    let mut papers = Vec::new();
    let mut seen = BTreeSet::from([version.id]);
    let mut open = vec![version.clone()];
    while let Some(version) = open.pop() {
        for parent in artifacts::parents_of(connection, version.id)? {
            if seen.insert(parent.parent) {
                let parent = artifacts::find_version_by_id(connection, parent.parent)?;
                open.push(parent.ok_or_else(|| Problem::internal("a recorded parent version is missing"))?);
            }
        }
        papers.push(paper(connection, &version)?);
    }
    Ok(papers)
}

fn paper(connection: &mut AnyConnection, version: &Version) -> Result<Paper, Problem> {
    let model = artifacts::find_model_by_id(connection, version.model)?;
    let model = model.ok_or_else(|| Problem::internal("a version's model is missing"))?;
    let passport = Passport::parse_json(version.passport.as_bytes()).map_err(Problem::internal)?;
    Ok(Paper { reference: ModelReference { model: model.name, selector: Selector::Number(version.number) }, passport })
}
