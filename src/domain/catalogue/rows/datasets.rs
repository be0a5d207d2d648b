//! Rows of data sets as passports name them.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{ModelId, ModelName, PartyId, Sha256Digest, VersionId},
};
use diesel::prelude::*;

use crate::{
    artifacts::Visibility,
    passport::{Acquisition, LicenceExpression, PrivacyClass},
};

diesel::table! {
    version_datasets (version_id, position) {
        version_id -> Text,
        position -> Integer,
        model_id -> Text,
        model_name -> Text,
        version_number -> Integer,
        owner_id -> Text,
        visibility -> Text,
        dataset -> Text,
        name -> Text,
        dataset_version -> Text,
        licence -> Nullable<Text>,
        acquisition -> Text,
        privacy_class -> Text,
    }
}

/// A data set as one version's passport names it.
#[derive(Debug, Clone)]
pub struct Mention {
    pub version: VersionId,
    pub position: u32,
    pub model: ModelId,
    pub model_name: ModelName,
    pub version_number: u32,
    pub owner: PartyId,
    pub visibility: Visibility,
    pub dataset: Sha256Digest,
    pub name: String,
    pub dataset_version: String,
    pub licence: Option<LicenceExpression>,
    pub acquisition: Acquisition,
    pub privacy: PrivacyClass,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = version_datasets)]
struct MentionRow {
    version_id: String,
    position: i32,
    model_id: String,
    model_name: String,
    version_number: i32,
    owner_id: String,
    visibility: String,
    dataset: String,
    name: String,
    dataset_version: String,
    licence: Option<String>,
    acquisition: String,
    privacy_class: String,
}

impl TryFrom<MentionRow> for Mention {
    type Error = Error;

    fn try_from(row: MentionRow) -> Result<Self, Error> {
        Ok(Self {
            version: row.version_id.parse()?,
            position: unsigned(row.position)?,
            model: row.model_id.parse()?,
            model_name: row.model_name.parse()?,
            version_number: unsigned(row.version_number)?,
            owner: row.owner_id.parse()?,
            visibility: row.visibility.parse()?,
            dataset: row.dataset.parse()?,
            name: row.name,
            dataset_version: row.dataset_version,
            licence: row.licence.as_deref().map(str::parse).transpose()?,
            acquisition: row.acquisition.parse()?,
            privacy: row.privacy_class.parse()?,
        })
    }
}

/// Writes that a version names a data set.
pub fn insert_mention(tx: &mut Tx<'_>, mention: &Mention) -> Result<(), Error> {
    let row = MentionRow {
        version_id: mention.version.to_string(),
        position: signed(mention.position)?,
        model_id: mention.model.to_string(),
        model_name: mention.model_name.to_string(),
        version_number: signed(mention.version_number)?,
        owner_id: mention.owner.to_string(),
        visibility: mention.visibility.to_string(),
        dataset: mention.dataset.to_string(),
        name: mention.name.clone(),
        dataset_version: mention.dataset_version.clone(),
        licence: mention.licence.as_ref().map(ToString::to_string),
        acquisition: mention.acquisition.to_string(),
        privacy_class: mention.privacy.to_string(),
    };
    diesel::insert_into(version_datasets::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// Whose passports count when a data set is looked at.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// Of models that everybody may know of.
    Everybodys,
    /// Of one party's models.
    Of(PartyId),
    /// Of these models.
    These(&'a [ModelId]),
}

/// At most `limit` versions that name `dataset`, the newest first, older than `before`.
pub fn mentions(
    connection: &mut AnyConnection,
    dataset: Sha256Digest,
    whose: Whose<'_>,
    before: Option<VersionId>,
    limit: u32,
) -> Result<Vec<Mention>, Error> {
    let mut page = version_datasets::table
        .filter(version_datasets::dataset.eq(dataset.to_string()))
        .order(version_datasets::version_id.desc())
        .limit(limit.into())
        .select(MentionRow::as_select())
        .into_boxed();
    page = match whose {
        Whose::Everybodys => page.filter(version_datasets::visibility.eq(Visibility::Listed.code())),
        Whose::Of(party) => page.filter(version_datasets::owner_id.eq(party.to_string())),
        Whose::These(models) => page.filter(version_datasets::model_id.eq_any(texts(models))),
    };
    if let Some(before) = before {
        page = page.filter(version_datasets::version_id.lt(before.to_string()));
    }
    page.load::<MentionRow>(connection)?.into_iter().map(Mention::try_from).collect()
}

/// The data sets that passports of these models name: digest, name and version of each, once.
pub fn datasets_of_models(
    connection: &mut AnyConnection,
    models: &[ModelId],
) -> Result<Vec<(Sha256Digest, String, String)>, Error> {
    let named = version_datasets::table.filter(version_datasets::model_id.eq_any(texts(models)));
    let columns = (version_datasets::dataset, version_datasets::name, version_datasets::dataset_version);
    let rows: Vec<(String, String, String)> = named.select(columns).distinct().load(connection)?;
    rows.into_iter().map(|(dataset, name, version)| Ok((dataset.parse()?, name, version))).collect()
}

/// Whether rows of `model` say that others may know of it than `visibility` says.
pub fn has_other_visibility(
    connection: &mut AnyConnection,
    model: ModelId,
    visibility: Visibility,
) -> Result<bool, Error> {
    let other = version_datasets::table
        .filter(version_datasets::model_id.eq(model.to_string()))
        .filter(version_datasets::visibility.ne(visibility.code()));
    Ok(diesel::select(diesel::dsl::exists(other)).get_result(connection)?)
}

/// Has the rows of `model` say who may know of it.
pub fn set_visibility(tx: &mut Tx<'_>, model: ModelId, visibility: Visibility) -> Result<(), Error> {
    diesel::update(version_datasets::table.filter(version_datasets::model_id.eq(model.to_string())))
        .set(version_datasets::visibility.eq(visibility.code()))
        .execute(&mut **tx)?;
    Ok(())
}

fn texts(ids: &[ModelId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

fn signed(number: u32) -> Result<i32, Error> {
    i32::try_from(number).map_err(|_| Error::Other("a number beyond its column".to_owned()))
}

fn unsigned(column: i32) -> Result<u32, Error> {
    u32::try_from(column).map_err(|_| Error::Corrupt("a negative number".to_owned()))
}
