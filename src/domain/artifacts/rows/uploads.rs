//! Rows of upload sessions and of the files they hold so far.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{PartyId, Sha256Digest, UnixMillis, UploadId, VersionId},
};
use diesel::prelude::*;

use crate::artifacts::{Upload, UploadFile};

diesel::table! {
    uploads (id) {
        id -> Text,
        party_id -> Text,
        model -> Text,
        manifest_digest -> Text,
        signed_manifest -> Text,
        signing_key_id -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        version_id -> Nullable<Text>,
    }
}

diesel::table! {
    upload_files (upload_id, sha256) {
        upload_id -> Text,
        sha256 -> Text,
        blob_id -> Text,
        is_received -> Bool,
    }
}

diesel::joinable!(upload_files -> uploads (upload_id));
diesel::allow_tables_to_appear_in_same_query!(upload_files, uploads);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = uploads)]
struct UploadRow {
    id: String,
    party_id: String,
    model: String,
    manifest_digest: String,
    signed_manifest: String,
    signing_key_id: String,
    created_at: i64,
    expires_at: i64,
    version_id: Option<String>,
}

impl TryFrom<UploadRow> for Upload {
    type Error = Error;

    fn try_from(row: UploadRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.parse()?,
            party: row.party_id.parse()?,
            model: row.model.parse()?,
            manifest_digest: row.manifest_digest.parse()?,
            signed_manifest: row.signed_manifest,
            signing_key: row.signing_key_id.parse()?,
            created_at: UnixMillis::new(row.created_at),
            expires_at: UnixMillis::new(row.expires_at),
            version: row.version_id.map(TryInto::try_into).transpose()?,
        })
    }
}

/// Writes a new session.
pub fn insert_upload(tx: &mut Tx<'_>, upload: &Upload) -> Result<(), Error> {
    let row = UploadRow {
        id: upload.id.to_string(),
        party_id: upload.party.to_string(),
        model: upload.model.to_string(),
        manifest_digest: upload.manifest_digest.to_string(),
        signed_manifest: upload.signed_manifest.clone(),
        signing_key_id: upload.signing_key.to_string(),
        created_at: upload.created_at.as_millis(),
        expires_at: upload.expires_at.as_millis(),
        version_id: upload.version.map(|version| version.to_string()),
    };
    diesel::insert_into(uploads::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// The session `id` of `party`; another party's session is not found.
pub fn find_upload(connection: &mut AnyConnection, party: PartyId, id: UploadId) -> Result<Option<Upload>, Error> {
    let owned = uploads::table.find(id.to_string()).filter(uploads::party_id.eq(party.to_string()));
    let row = owned.select(UploadRow::as_select()).first(connection).optional()?;
    row.map(Upload::try_from).transpose()
}

/// Sessions that ended without a version before `now`, oldest first.
pub fn expired_uploads(connection: &mut AnyConnection, now: UnixMillis) -> Result<Vec<Upload>, Error> {
    let expired = uploads::table
        .filter(uploads::expires_at.le(now.as_millis()))
        .filter(uploads::version_id.is_null())
        .order(uploads::id);
    let rows = expired.select(UploadRow::as_select()).load(connection)?;
    rows.into_iter().map(Upload::try_from).collect()
}

/// Notes the version that a session became. [`Error::NotFound`] when it became one already.
pub fn finish_upload(tx: &mut Tx<'_>, upload: UploadId, version: VersionId) -> Result<(), Error> {
    let open = uploads::table.find(upload.to_string()).filter(uploads::version_id.is_null());
    let changed = diesel::update(open).set(uploads::version_id.eq(version.to_string())).execute(&mut **tx)?;
    if changed == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Removes a session and what it says about held files; the blobs themselves stay.
pub fn delete_upload(tx: &mut Tx<'_>, upload: UploadId) -> Result<(), Error> {
    let held = upload_files::table.filter(upload_files::upload_id.eq(upload.to_string()));
    diesel::delete(held).execute(&mut **tx)?;
    diesel::delete(uploads::table.find(upload.to_string())).execute(&mut **tx)?;
    Ok(())
}

/// Notes that a file's bytes are held; a file that was held already is [`Error::Unique`].
pub fn insert_upload_file(tx: &mut Tx<'_>, upload: UploadId, file: &UploadFile) -> Result<(), Error> {
    diesel::insert_into(upload_files::table)
        .values((
            upload_files::upload_id.eq(upload.to_string()),
            upload_files::sha256.eq(file.sha256.to_string()),
            upload_files::blob_id.eq(file.blob.to_string()),
            upload_files::is_received.eq(file.is_received),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Notes that a file's bytes are to be sent after all; the blob itself stays.
pub fn delete_upload_file(tx: &mut Tx<'_>, upload: UploadId, sha256: &Sha256Digest) -> Result<(), Error> {
    diesel::delete(upload_files::table.find((upload.to_string(), sha256.to_string()))).execute(&mut **tx)?;
    Ok(())
}

/// The files whose bytes a session holds.
pub fn upload_files_of(connection: &mut AnyConnection, upload: UploadId) -> Result<Vec<UploadFile>, Error> {
    let held = upload_files::table.filter(upload_files::upload_id.eq(upload.to_string()));
    let columns = (upload_files::sha256, upload_files::blob_id, upload_files::is_received);
    let rows: Vec<(String, String, bool)> = held.order(upload_files::sha256).select(columns).load(connection)?;
    let file = |(sha256, blob, is_received): (String, String, bool)| {
        Ok(UploadFile { sha256: sha256.parse()?, blob: blob.parse()?, is_received })
    };
    rows.into_iter().map(file).collect()
}
