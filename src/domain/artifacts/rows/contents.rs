//! Rows of a version's files and parents.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{Standing, VersionId},
};
use diesel::prelude::*;

use super::columns;
use crate::artifacts::{VersionFile, VersionParent};

diesel::table! {
    version_files (version_id, path) {
        version_id -> Text,
        path -> Text,
        sha256 -> Text,
        size -> BigInt,
        format -> Text,
        blob_id -> Text,
    }
}

diesel::table! {
    version_parents (version_id, parent_id) {
        version_id -> Text,
        parent_id -> Text,
        activity -> Text,
        standing -> Text,
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = version_files)]
struct FileRow {
    version_id: String,
    path: String,
    sha256: String,
    size: i64,
    format: String,
    blob_id: String,
}

impl TryFrom<FileRow> for VersionFile {
    type Error = Error;

    fn try_from(row: FileRow) -> Result<Self, Error> {
        Ok(Self {
            path: row.path.parse()?,
            sha256: row.sha256.parse()?,
            size: columns::to_bytes(row.size)?,
            format: row.format,
            blob: row.blob_id.parse()?,
        })
    }
}

pub(super) fn insert_file(tx: &mut Tx<'_>, version: VersionId, file: &VersionFile) -> Result<(), Error> {
    let row = FileRow {
        version_id: version.to_string(),
        path: file.path.to_string(),
        sha256: file.sha256.to_string(),
        size: columns::from_bytes(file.size)?,
        format: file.format.clone(),
        blob_id: file.blob.to_string(),
    };
    diesel::insert_into(version_files::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// The files of a version, in order of their paths.
pub fn files_of(connection: &mut AnyConnection, version: VersionId) -> Result<Vec<VersionFile>, Error> {
    let all = version_files::table.filter(version_files::version_id.eq(version.to_string()));
    let rows = all.order(version_files::path).select(FileRow::as_select()).load(connection)?;
    rows.into_iter().map(VersionFile::try_from).collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = version_parents)]
struct ParentRow {
    version_id: String,
    parent_id: String,
    activity: String,
    standing: String,
}

impl TryFrom<ParentRow> for VersionParent {
    type Error = Error;

    fn try_from(row: ParentRow) -> Result<Self, Error> {
        let standings = [Standing::Observed, Standing::Declared, Standing::Computed, Standing::Missing];
        let standing = standings.into_iter().find(|standing| standing.to_string() == row.standing);
        Ok(Self {
            parent: row.parent_id.parse()?,
            activity: row.activity,
            standing: standing.ok_or_else(|| Error::Corrupt(format!("standing `{}`", row.standing)))?,
        })
    }
}

pub(super) fn insert_parent(tx: &mut Tx<'_>, version: VersionId, parent: &VersionParent) -> Result<(), Error> {
    let row = ParentRow {
        version_id: version.to_string(),
        parent_id: parent.parent.to_string(),
        activity: parent.activity.clone(),
        standing: parent.standing.to_string(),
    };
    diesel::insert_into(version_parents::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// The registered versions that `version` came from.
pub fn parents_of(connection: &mut AnyConnection, version: VersionId) -> Result<Vec<VersionParent>, Error> {
    let all = version_parents::table.filter(version_parents::version_id.eq(version.to_string()));
    let rows = all.order(version_parents::parent_id).select(ParentRow::as_select()).load(connection)?;
    rows.into_iter().map(VersionParent::try_from).collect()
}
