//! What a party may know of. What is not for it answers exactly as what does not exist.

use chancery_base::{
    db::AnyConnection,
    problem::{Problem, ProblemKind},
    values::{ModelName, ModelReference, PartyId},
};

use crate::{
    artifacts::{self, Model, Version},
    licensing::Grant,
    parties::{Caller, Permission},
};

/// Most models in one listing.
const LIST_LIMIT: u32 = 500;

/// The model and version a reference means, if `viewer` may know of them.
///
/// Errors: [`ProblemKind::NotFound`], whether it does not exist or is not for the viewer.
pub fn find_visible(
    connection: &mut AnyConnection,
    viewer: PartyId,
    reference: &ModelReference,
) -> Result<(Model, Version), Problem> {
    find_visible_model(connection, viewer, &reference.model)?;
    artifacts::find_version(connection, reference)?.ok_or_else(|| Problem::not_found("model version"))
}

/// The models that `viewer` may know of, by name.
///
/// Errors: the database cannot be read.
pub fn list_visible(connection: &mut AnyConnection, viewer: PartyId) -> Result<Vec<Model>, Problem> {
    let offered = Grant::models_of_licensee(connection, viewer)?;
    Ok(artifacts::list_models(connection, viewer, &offered, None, LIST_LIMIT)?)
}

pub(super) fn find_visible_model(
    connection: &mut AnyConnection,
    viewer: PartyId,
    name: &ModelName,
) -> Result<Model, Problem> {
    let offered = Grant::models_of_licensee(connection, viewer)?;
    let model = artifacts::find_model(connection, name)?;
    model.filter(|model| model.is_visible_to(viewer, &offered)).ok_or_else(|| Problem::not_found("model"))
}

/// A model of the caller's own party, for an act that administers it.
///
/// Errors: [`ProblemKind::Forbidden`] for another party's model the caller can see, [`ProblemKind::NotFound`] otherwise.
pub(super) fn find_own(connection: &mut AnyConnection, caller: &Caller, name: &ModelName) -> Result<Model, Problem> {
    caller.require(Permission::Administer)?;
    let model = find_visible_model(connection, caller.party.id, name)?;
    if model.owner == caller.party.id {
        return Ok(model);
    }
    Err(Problem::new(ProblemKind::Forbidden, format!("`{name}` belongs to another party; ask its owner")))
}
