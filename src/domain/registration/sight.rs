//! What a party may know of. What is not for it answers exactly as what does not exist.

use chancery_base::{
    db::AnyConnection,
    problem::{Problem, ProblemKind},
    values::{ArtifactKind, ModelName, ModelReference, PAGE_ITEMS, PartyId},
};

use crate::{
    artifacts::{self, Model, Version},
    licensing::Grant,
    parties::{Caller, Permission},
};

/// The artifact and version a reference means, if `viewer` may know of them.
///
/// Errors: [`ProblemKind::NotFound`], whether it does not exist or is not for the viewer.
pub fn find_visible(
    connection: &mut AnyConnection,
    viewer: PartyId,
    reference: &ModelReference,
) -> Result<(Model, Version), Problem> {
    let model = find_visible_artifact(connection, viewer, &reference.model)?;
    let missing = || Problem::not_found("version");
    let (id, _) = artifacts::find_version_head(connection, model.id, &reference.selector)?.ok_or_else(missing)?;
    Ok((model, artifacts::find_version_by_id(connection, id)?.ok_or_else(missing)?))
}

/// A page of the artifacts of one kind that `viewer` may know of, by name, after the one named `after`; shorter than [`PAGE_ITEMS`] when it is the
/// last.
///
/// Errors: the database cannot be read.
pub fn list_visible(
    connection: &mut AnyConnection,
    kind: ArtifactKind,
    viewer: PartyId,
    after: Option<&ModelName>,
) -> Result<Vec<Model>, Problem> {
    let offered = Grant::models_of_licensee(connection, viewer)?;
    Ok(artifacts::list_models(connection, kind, viewer, &offered, after, PAGE_ITEMS)?)
}

/// The model of this name, if `viewer` may know of it.
///
/// Errors: [`ProblemKind::NotFound`], whether it does not exist or is not for the viewer.
pub fn find_visible_model(connection: &mut AnyConnection, viewer: PartyId, name: &ModelName) -> Result<Model, Problem> {
    find_visible_of_kind(connection, ArtifactKind::Model, viewer, name)
}

/// The model or data set of this name, if `viewer` may know of it and it is of this kind.
///
/// Errors: [`ProblemKind::NotFound`], whether it does not exist, is something else or is not for the viewer.
pub fn find_visible_of_kind(
    connection: &mut AnyConnection,
    kind: ArtifactKind,
    viewer: PartyId,
    name: &ModelName,
) -> Result<Model, Problem> {
    let missing = || Problem::not_found(kind.noun());
    let found = artifacts::find_model(connection, name)?.filter(|found| found.kind == kind).ok_or_else(missing)?;
    if is_visible(connection, viewer, &found)? { Ok(found) } else { Err(missing()) }
}

/// The model or data set of this name, if `viewer` may know of it.
///
/// Errors: [`ProblemKind::NotFound`], whether it does not exist or is not for the viewer.
pub fn find_visible_artifact(
    connection: &mut AnyConnection,
    viewer: PartyId,
    name: &ModelName,
) -> Result<Model, Problem> {
    let missing = || Problem::not_found("model");
    let model = artifacts::find_model(connection, name)?.ok_or_else(missing)?;
    if is_visible(connection, viewer, &model)? { Ok(model) } else { Err(missing()) }
}

/// Whether `viewer` may know of `model`.
///
/// Errors: the database cannot be read.
pub fn is_visible(connection: &mut AnyConnection, viewer: PartyId, model: &Model) -> Result<bool, Problem> {
    Ok(model.is_open_to(viewer) || Grant::was_offered(connection, viewer, model.id)?)
}

/// A model or data set of the caller's own party, for an act that administers it.
///
/// Errors: [`ProblemKind::Forbidden`] for another party's model the caller can see, [`ProblemKind::NotFound`] otherwise.
pub(super) fn find_own(connection: &mut AnyConnection, caller: &Caller, name: &ModelName) -> Result<Model, Problem> {
    caller.require(Permission::Administer)?;
    let model = find_visible_artifact(connection, caller.party.id, name)?;
    if model.owner == caller.party.id {
        return Ok(model);
    }
    Err(Problem::new(ProblemKind::Forbidden, format!("`{name}` belongs to another party; ask its owner")))
}
