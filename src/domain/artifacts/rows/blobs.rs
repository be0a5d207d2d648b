//! Rows of blobs: what the store's files are and what opens them.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    store::BlobName,
    values::{PartyId, Sha256Digest, UnixMillis, VersionId},
};
use diesel::{
    dsl::{exists, select},
    prelude::*,
};

use super::{
    columns,
    contents::version_files,
    preparations,
    uploads::{upload_files, uploads},
    versions::versions,
};
use crate::artifacts::{Blob, VersionStatus};

diesel::table! {
    blobs (id) {
        id -> Text,
        tenant_id -> Text,
        sha256 -> Text,
        size -> BigInt,
        envelope -> Binary,
        created_at -> BigInt,
        destroyed_at -> Nullable<BigInt>,
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = blobs)]
struct BlobRow {
    id: String,
    tenant_id: String,
    sha256: String,
    size: i64,
    envelope: Vec<u8>,
    created_at: i64,
    destroyed_at: Option<i64>,
}

impl TryFrom<BlobRow> for Blob {
    type Error = Error;

    fn try_from(row: BlobRow) -> Result<Self, Error> {
        Ok(Self {
            name: row.id.parse()?,
            tenant: row.tenant_id.parse()?,
            sha256: row.sha256.parse()?,
            size: columns::to_bytes(row.size)?,
            envelope: row.envelope,
            created_at: UnixMillis::new(row.created_at),
            destroyed_at: row.destroyed_at.map(UnixMillis::new),
        })
    }
}

/// Writes what a durable file of the store is. Without this row the file is an orphan that nobody can see.
pub fn insert_blob(tx: &mut Tx<'_>, blob: &Blob) -> Result<(), Error> {
    let row = BlobRow {
        id: blob.name.to_string(),
        tenant_id: blob.tenant.to_string(),
        sha256: blob.sha256.to_string(),
        size: columns::from_bytes(blob.size)?,
        envelope: blob.envelope.clone(),
        created_at: blob.created_at.as_millis(),
        destroyed_at: blob.destroyed_at.map(UnixMillis::as_millis),
    };
    diesel::insert_into(blobs::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// The blob called `name`.
pub fn find_blob(connection: &mut AnyConnection, name: BlobName) -> Result<Option<Blob>, Error> {
    let row = blobs::table.find(name.to_string()).select(BlobRow::as_select()).first(connection).optional()?;
    row.map(Blob::try_from).transpose()
}

/// The newest blob of `tenant` with these bytes: one that was sent again replaces one that no longer opens. Blobs of other tenants are not looked at: that they exist is not the tenant's to know.
pub fn find_blob_by_digest(
    connection: &mut AnyConnection,
    tenant: PartyId,
    sha256: &Sha256Digest,
) -> Result<Option<Blob>, Error> {
    let same = blobs::table
        .filter(blobs::tenant_id.eq(tenant.to_string()))
        .filter(blobs::sha256.eq(sha256.to_string()))
        .filter(blobs::destroyed_at.is_null())
        .order((blobs::created_at.desc(), blobs::id));
    let row = same.select(BlobRow::as_select()).first(connection).optional()?;
    row.map(Blob::try_from).transpose()
}

/// Every blob that the store should hold, in order.
pub fn blob_names(connection: &mut AnyConnection) -> Result<Vec<BlobName>, Error> {
    let there = blobs::table.filter(blobs::destroyed_at.is_null());
    let names: Vec<String> = there.order(blobs::id).select(blobs::id).load(connection)?;
    names.into_iter().map(|name| Ok(name.parse()?)).collect()
}

/// Whether a version, an upload session or a preparation refers to the blob.
pub fn is_blob_referenced(connection: &mut AnyConnection, name: BlobName) -> Result<bool, Error> {
    let in_version = version_files::table.filter(version_files::blob_id.eq(name.to_string()));
    let in_upload = upload_files::table.filter(upload_files::blob_id.eq(name.to_string()));
    let is_held =
        select(exists(in_version)).get_result(connection)? || select(exists(in_upload)).get_result(connection)?;
    Ok(is_held || preparations::is_prepared(connection, name)?)
}

/// The blobs of `tenant` that were not destroyed, after `after`, in order, at most `limit`.
pub fn blobs_of(
    connection: &mut AnyConnection,
    tenant: PartyId,
    after: Option<BlobName>,
    limit: u32,
) -> Result<Vec<Blob>, Error> {
    let after = after.map(|name| name.to_string()).unwrap_or_default();
    let page = blobs::table
        .filter(blobs::tenant_id.eq(tenant.to_string()))
        .filter(blobs::destroyed_at.is_null())
        .filter(blobs::id.gt(after))
        .order(blobs::id)
        .limit(limit.into());
    let rows = page.select(BlobRow::as_select()).load(connection)?;
    rows.into_iter().map(Blob::try_from).collect()
}

/// Keeps another envelope of a blob in place of `before`, if that is still what it has.
pub fn replace_envelope(tx: &mut Tx<'_>, name: BlobName, before: &[u8], after: &[u8]) -> Result<(), Error> {
    let found = blobs::table.find(name.to_string()).filter(blobs::envelope.eq(before));
    diesel::update(found).set(blobs::envelope.eq(after)).execute(&mut **tx)?;
    Ok(())
}

/// Destroys what opens a blob; its row stays, so that what was there can still be named. The caller removes the store's file once
/// this is committed.
pub fn destroy_blob(tx: &mut Tx<'_>, name: BlobName, now: UnixMillis) -> Result<(), Error> {
    let gone = (blobs::envelope.eq(Vec::<u8>::new()), blobs::destroyed_at.eq(now.as_millis()));
    diesel::update(blobs::table.find(name.to_string())).set(gone).execute(&mut **tx)?;
    Ok(())
}

/// Whether an upload, or a version but `version` whose keys were not destroyed, refers to the blob.
pub fn is_blob_needed_beside(
    connection: &mut AnyConnection,
    name: BlobName,
    version: VersionId,
) -> Result<bool, Error> {
    let in_version = version_files::table
        .inner_join(versions::table)
        .filter(version_files::blob_id.eq(name.to_string()))
        .filter(version_files::version_id.ne(version.to_string()))
        .filter(versions::status.ne(VersionStatus::Destroyed.code()));
    let in_upload = upload_files::table
        .inner_join(uploads::table)
        .filter(upload_files::blob_id.eq(name.to_string()))
        .filter(uploads::version_id.is_null());
    Ok(select(exists(in_version)).get_result(connection)? || select(exists(in_upload)).get_result(connection)?)
}

/// Forgets a blob. The caller removes the store's file once this is committed.
pub fn delete_blob(tx: &mut Tx<'_>, name: BlobName) -> Result<(), Error> {
    diesel::delete(blobs::table.find(name.to_string())).execute(&mut **tx)?;
    Ok(())
}
