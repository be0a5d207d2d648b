//! Rows of models.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{ArtifactKind, ModelId, ModelName, PartyId, UnixMillis},
};
use diesel::prelude::*;

use crate::artifacts::{Model, Visibility};

diesel::table! {
    models (id) {
        id -> Text,
        owner_id -> Text,
        owner_slug -> Text,
        name -> Text,
        visibility -> Text,
        created_at -> BigInt,
        epoch -> BigInt,
        full_name -> Text,
        status -> Text,
        newest_number -> Integer,
        summary -> Text,
        licence -> Text,
        kind -> Text,
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = models)]
pub(super) struct ModelRow {
    id: String,
    owner_id: String,
    owner_slug: String,
    name: String,
    visibility: String,
    created_at: i64,
    epoch: i64,
    kind: String,
}

impl TryFrom<ModelRow> for Model {
    type Error = Error;

    fn try_from(row: ModelRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.parse()?,
            kind: row.kind.parse()?,
            owner: row.owner_id.parse()?,
            name: ModelName { owner: row.owner_slug.parse()?, name: row.name.parse()? },
            visibility: row.visibility.parse()?,
            created_at: UnixMillis::new(row.created_at),
            epoch: row.epoch,
        })
    }
}

/// Writes a new model; a name that is taken is [`Error::Unique`].
pub fn insert_model(tx: &mut Tx<'_>, model: &Model) -> Result<(), Error> {
    let row = ModelRow {
        id: model.id.to_string(),
        owner_id: model.owner.to_string(),
        owner_slug: model.name.owner.to_string(),
        name: model.name.name.to_string(),
        visibility: model.visibility.to_string(),
        created_at: model.created_at.as_millis(),
        epoch: model.epoch,
        kind: model.kind.to_string(),
    };
    diesel::insert_into(models::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// What is registered under this name, model or data set, whoever may see it.
pub fn find_model(connection: &mut AnyConnection, name: &ModelName) -> Result<Option<Model>, Error> {
    let named =
        models::table.filter(models::owner_slug.eq(name.owner.as_str())).filter(models::name.eq(name.name.as_str()));
    let row = named.select(ModelRow::as_select()).first(connection).optional()?;
    row.map(Model::try_from).transpose()
}

/// The model `id`, whoever may see it.
pub fn find_model_by_id(connection: &mut AnyConnection, id: ModelId) -> Result<Option<Model>, Error> {
    let row = models::table.find(id.to_string()).select(ModelRow::as_select()).first(connection).optional()?;
    row.map(Model::try_from).transpose()
}

/// At most `limit` artifacts of one kind that `viewer` may know of, in order of their names, after the one named `after`.
pub fn list_models(
    connection: &mut AnyConnection,
    kind: ArtifactKind,
    viewer: PartyId,
    also_visible: &[ModelId],
    after: Option<&ModelName>,
    limit: u32,
) -> Result<Vec<Model>, Error> {
    let offered: Vec<String> = also_visible.iter().map(ToString::to_string).collect();
    let (owner, name) = after.map(|after| (after.owner.as_str(), after.name.as_str())).unwrap_or_default();
    let visible = models::visibility
        .eq(Visibility::Listed.code())
        .or(models::owner_id.eq(viewer.to_string()))
        .or(models::id.eq_any(offered));
    let beyond = models::owner_slug.gt(owner).or(models::owner_slug.eq(owner).and(models::name.gt(name)));
    let page = models::table
        .filter(models::kind.eq(kind.code()))
        .filter(visible)
        .filter(beyond)
        .order((models::owner_slug, models::name));
    let rows = page.limit(limit.into()).select(ModelRow::as_select()).load(connection)?;
    rows.into_iter().map(Model::try_from).collect()
}

/// Changes who may know of a model.
pub fn set_visibility(tx: &mut Tx<'_>, model: ModelId, visibility: Visibility) -> Result<(), Error> {
    let changed = diesel::update(models::table.find(model.to_string()))
        .set((models::visibility.eq(visibility.code()), models::epoch.eq(models::epoch + 1)))
        .execute(&mut **tx)?;
    if changed == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Raises a model's epoch because something that is kept elsewhere changed about it; uses under way are judged again.
pub fn raise_model_epoch(tx: &mut Tx<'_>, model: ModelId) -> Result<(), Error> {
    let raised = models::epoch.eq(models::epoch + 1);
    let changed = diesel::update(models::table.find(model.to_string())).set(raised).execute(&mut **tx)?;
    if changed == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// At most `limit` models of the owner whose slug is `owner` with names that begin with `beginning`.
pub fn models_named(
    connection: &mut AnyConnection,
    owner: &str,
    beginning: &str,
    limit: u32,
) -> Result<Vec<ModelId>, Error> {
    // Names are ASCII, so nothing that begins so sorts after this.
    let named = models::table
        .filter(models::owner_slug.eq(owner))
        .filter(models::name.ge(beginning))
        .filter(models::name.le(format!("{beginning}~")));
    let ids: Vec<String> = named.order(models::name).limit(limit.into()).select(models::id).load(connection)?;
    ids.iter().map(|id| Ok(id.parse()?)).collect()
}
