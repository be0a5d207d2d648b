//! Rows of versions and of the aliases that point to them.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{Alias, ModelId, ModelReference, Selector, Sha256Digest, SigningKeyId, UnixMillis, VersionId},
};
use diesel::prelude::*;

use super::{
    columns,
    contents::{self, version_files},
    models::find_model,
};
use crate::artifacts::{Model, Version, VersionFile, VersionParent, VersionStatus};

diesel::table! {
    versions (id) {
        id -> Text,
        model_id -> Text,
        number -> Integer,
        status -> Text,
        architecture -> Text,
        manifest_digest -> Text,
        signed_manifest -> Text,
        signing_key_id -> Text,
        passport -> Text,
        epoch -> BigInt,
        created_at -> BigInt,
        leaf_id -> Text,
    }
}

diesel::table! {
    aliases (model_id, alias) {
        model_id -> Text,
        alias -> Text,
        version_id -> Text,
    }
}

diesel::joinable!(aliases -> versions (version_id));
diesel::joinable!(version_files -> versions (version_id));
diesel::allow_tables_to_appear_in_same_query!(aliases, versions);
diesel::allow_tables_to_appear_in_same_query!(version_files, versions);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = versions)]
struct VersionRow {
    id: String,
    model_id: String,
    number: i32,
    status: String,
    architecture: String,
    manifest_digest: String,
    signed_manifest: String,
    signing_key_id: String,
    passport: String,
    epoch: i64,
    created_at: i64,
    leaf_id: String,
}

impl TryFrom<VersionRow> for Version {
    type Error = Error;

    fn try_from(row: VersionRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.parse()?,
            model: row.model_id.parse()?,
            number: columns::to_number(row.number)?,
            status: row.status.parse()?,
            architecture: row.architecture,
            manifest_digest: row.manifest_digest.parse()?,
            signed_manifest: row.signed_manifest,
            signing_key: row.signing_key_id.parse()?,
            passport: row.passport,
            epoch: to_epoch(row.epoch)?,
            created_at: UnixMillis::new(row.created_at),
            leaf: row.leaf_id.parse()?,
        })
    }
}

/// Writes a new version with its files and parents. A number or manifest that the model has already is [`Error::Unique`].
pub fn insert_version(
    tx: &mut Tx<'_>,
    version: &Version,
    files: &[VersionFile],
    parents: &[VersionParent],
) -> Result<(), Error> {
    let row = VersionRow {
        id: version.id.to_string(),
        model_id: version.model.to_string(),
        number: columns::from_number(version.number)?,
        status: version.status.to_string(),
        architecture: version.architecture.clone(),
        manifest_digest: version.manifest_digest.to_string(),
        signed_manifest: version.signed_manifest.clone(),
        signing_key_id: version.signing_key.to_string(),
        passport: version.passport.clone(),
        epoch: i64::try_from(version.epoch).map_err(|_| Error::Other("an epoch beyond its column".to_owned()))?,
        created_at: version.created_at.as_millis(),
        leaf_id: version.leaf.to_string(),
    };
    diesel::insert_into(versions::table).values(row).execute(&mut **tx)?;
    files.iter().try_for_each(|file| contents::insert_file(tx, version.id, file))?;
    parents.iter().try_for_each(|parent| contents::insert_parent(tx, version.id, parent))
}

/// The model and version that `reference` means, whoever may see them; see [`find_version_head`].
pub fn find_version(
    connection: &mut AnyConnection,
    reference: &ModelReference,
) -> Result<Option<(Model, Version)>, Error> {
    let Some(model) = find_model(connection, &reference.model)? else { return Ok(None) };
    let Some((id, _)) = find_version_head(connection, model.id, &reference.selector)? else { return Ok(None) };
    Ok(find_version_by_id(connection, id)?.map(|version| (model, version)))
}

/// Which version of `model` a selector means, and its epoch: little enough to be asked at every use.
///
/// [`Selector::Latest`] means the newest version in use; where none is, the newest, so that its status is the answer.
pub fn find_version_head(
    connection: &mut AnyConnection,
    model: ModelId,
    selector: &Selector,
) -> Result<Option<(VersionId, u64)>, Error> {
    let of_model = versions::model_id.eq(model.to_string());
    let head = (versions::id, versions::epoch);
    let found: Option<(String, i64)> = match selector {
        Selector::Latest => {
            let newest = versions::table.filter(of_model).order(versions::number.desc()).select(head);
            let in_use = newest.clone().filter(versions::status.eq(VersionStatus::Registered.code()));
            match in_use.first(connection).optional()? {
                Some(found) => Some(found),
                None => newest.first(connection).optional()?,
            }
        }
        Selector::Alias(alias) => versions::table
            .inner_join(aliases::table)
            .filter(aliases::model_id.eq(model.to_string()))
            .filter(aliases::alias.eq(alias.as_str()))
            .select(head)
            .first(connection)
            .optional()?,
        Selector::Number(number) => {
            // A number beyond the column is a number no version has.
            let Ok(number) = columns::from_number(*number) else { return Ok(None) };
            let numbered = versions::table.filter(of_model).filter(versions::number.eq(number));
            numbered.select(head).first(connection).optional()?
        }
    };
    found.map(|(id, epoch)| Ok((id.parse()?, to_epoch(epoch)?))).transpose()
}

/// The epoch of the version `id` now.
pub fn version_epoch(connection: &mut AnyConnection, id: VersionId) -> Result<Option<u64>, Error> {
    let epoch: Option<i64> =
        versions::table.find(id.to_string()).select(versions::epoch).first(connection).optional()?;
    epoch.map(to_epoch).transpose()
}

fn to_epoch(column: i64) -> Result<u64, Error> {
    u64::try_from(column).map_err(|_| Error::Corrupt("a negative epoch".to_owned()))
}

/// The version `id`.
pub fn find_version_by_id(connection: &mut AnyConnection, id: VersionId) -> Result<Option<Version>, Error> {
    let row = versions::table.find(id.to_string()).select(VersionRow::as_select()).first(connection).optional()?;
    row.map(Version::try_from).transpose()
}

/// The version of `model` that this signed statement made, if it did.
pub fn version_by_manifest(
    connection: &mut AnyConnection,
    model: ModelId,
    digest: &Sha256Digest,
) -> Result<Option<Version>, Error> {
    let signed = versions::table
        .filter(versions::model_id.eq(model.to_string()))
        .filter(versions::manifest_digest.eq(digest.to_string()));
    let row = signed.select(VersionRow::as_select()).first(connection).optional()?;
    row.map(Version::try_from).transpose()
}

/// At most `limit` versions of `model` with numbers above `after`, oldest first, whatever their status.
pub fn versions_of(
    connection: &mut AnyConnection,
    model: ModelId,
    after: u32,
    limit: u32,
) -> Result<Vec<Version>, Error> {
    let all = versions::table.filter(versions::model_id.eq(model.to_string()));
    let page = all
        .filter(versions::number.gt(i32::try_from(after).unwrap_or(i32::MAX)))
        .order(versions::number)
        .limit(limit.into());
    let rows = page.select(VersionRow::as_select()).load(connection)?;
    rows.into_iter().map(Version::try_from).collect()
}

/// How many versions `model` has, whatever their status.
pub fn version_count(connection: &mut AnyConnection, model: ModelId) -> Result<u32, Error> {
    let all = versions::table.filter(versions::model_id.eq(model.to_string()));
    let count: i64 = all.count().get_result(connection)?;
    u32::try_from(count).map_err(|_| Error::Corrupt("a count of versions".to_owned()))
}

/// How many versions the key `signer` signed.
pub fn versions_signed_by(connection: &mut AnyConnection, signer: SigningKeyId) -> Result<u64, Error> {
    let signed = versions::table.filter(versions::signing_key_id.eq(signer.to_string()));
    let count: i64 = signed.count().get_result(connection)?;
    u64::try_from(count).map_err(|_| Error::Corrupt("a count of versions".to_owned()))
}

/// At most `limit` versions that the key `signer` signed, oldest first: their models and numbers.
pub fn signed_by(
    connection: &mut AnyConnection,
    signer: SigningKeyId,
    limit: u32,
) -> Result<Vec<(ModelId, u32)>, Error> {
    let signed = versions::table.filter(versions::signing_key_id.eq(signer.to_string()));
    let page = signed.order(versions::id).limit(limit.into()).select((versions::model_id, versions::number));
    let rows: Vec<(String, i32)> = page.load(connection)?;
    rows.into_iter().map(|(model, number)| Ok((model.parse()?, columns::to_number(number)?))).collect()
}

/// The highest number among the versions of `model`; zero when it has none.
pub fn highest_number(connection: &mut AnyConnection, model: ModelId) -> Result<u32, Error> {
    let all = versions::table.filter(versions::model_id.eq(model.to_string())).order(versions::number.desc());
    let highest: Option<i32> = all.select(versions::number).first(connection).optional()?;
    columns::to_number(highest.unwrap_or_default())
}

/// The number of the newest version of `model` in use, other than `number`.
pub fn newest_in_use_but(connection: &mut AnyConnection, model: ModelId, number: u32) -> Result<Option<u32>, Error> {
    let others = versions::table
        .filter(versions::model_id.eq(model.to_string()))
        .filter(versions::status.eq(VersionStatus::Registered.code()))
        .filter(versions::number.ne(columns::from_number(number)?))
        .order(versions::number.desc());
    let newest: Option<i32> = others.select(versions::number).first(connection).optional()?;
    newest.map(columns::to_number).transpose()
}

/// Changes the status of a version and raises its epoch; `false` when its status is no longer `before`. The caller has asked
/// [`VersionStatus::may_become`].
pub fn change_status(
    tx: &mut Tx<'_>,
    version: VersionId,
    before: VersionStatus,
    after: VersionStatus,
) -> Result<bool, Error> {
    let found = versions::table.find(version.to_string()).filter(versions::status.eq(before.code()));
    let changed = diesel::update(found)
        .set((versions::status.eq(after.code()), versions::epoch.eq(versions::epoch + 1)))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Points an alias of `model` to one of its versions, wherever it pointed before.
pub fn set_alias(tx: &mut Tx<'_>, model: ModelId, alias: &Alias, version: VersionId) -> Result<(), Error> {
    let pointed = diesel::update(aliases::table.find((model.to_string(), alias.as_str())))
        .set(aliases::version_id.eq(version.to_string()))
        .execute(&mut **tx)?;
    if pointed == 0 {
        diesel::insert_into(aliases::table)
            .values((
                aliases::model_id.eq(model.to_string()),
                aliases::alias.eq(alias.as_str()),
                aliases::version_id.eq(version.to_string()),
            ))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// The aliases of `model` with the numbers of the versions they point to, in order of the aliases.
pub fn aliases_of(connection: &mut AnyConnection, model: ModelId) -> Result<Vec<(Alias, u32)>, Error> {
    let all = aliases::table.inner_join(versions::table).filter(aliases::model_id.eq(model.to_string()));
    let rows: Vec<(String, i32)> =
        all.order(aliases::alias).select((aliases::alias, versions::number)).load(connection)?;
    rows.into_iter().map(|(alias, number)| Ok((alias.parse()?, columns::to_number(number)?))).collect()
}
