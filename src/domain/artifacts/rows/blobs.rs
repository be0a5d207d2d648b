//! Rows of blobs: what the store's files are and what opens them.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    store::BlobName,
    values::{PartyId, Sha256Digest, UnixMillis},
};
use diesel::{
    dsl::{exists, select},
    prelude::*,
};

use super::{columns, contents::version_files, uploads::upload_files};
use crate::artifacts::Blob;

diesel::table! {
    blobs (id) {
        id -> Text,
        tenant_id -> Text,
        sha256 -> Text,
        size -> BigInt,
        envelope -> Binary,
        created_at -> BigInt,
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
        .order((blobs::created_at.desc(), blobs::id));
    let row = same.select(BlobRow::as_select()).first(connection).optional()?;
    row.map(Blob::try_from).transpose()
}

/// Every blob that has a row, in order.
pub fn blob_names(connection: &mut AnyConnection) -> Result<Vec<BlobName>, Error> {
    let names: Vec<String> = blobs::table.order(blobs::id).select(blobs::id).load(connection)?;
    names.into_iter().map(|name| Ok(name.parse()?)).collect()
}

/// Whether a version or an upload session refers to the blob.
pub fn is_blob_referenced(connection: &mut AnyConnection, name: BlobName) -> Result<bool, Error> {
    let in_version = version_files::table.filter(version_files::blob_id.eq(name.to_string()));
    let in_upload = upload_files::table.filter(upload_files::blob_id.eq(name.to_string()));
    Ok(select(exists(in_version)).get_result(connection)? || select(exists(in_upload)).get_result(connection)?)
}

/// Forgets a blob. The caller removes the store's file once this is committed.
pub fn delete_blob(tx: &mut Tx<'_>, name: BlobName) -> Result<(), Error> {
    diesel::delete(blobs::table.find(name.to_string())).execute(&mut **tx)?;
    Ok(())
}
